import type { Finding, Severity } from './finding.ts';

/** Severities as the user set them (`hybridClusters.check.severity`), by code; a code that ends in `.*` stands for its family. */
export type Severities = Readonly<Record<string, Severity | 'off'>>;

type Rated = Pick<Finding, 'code' | 'severity'>;

/** How much a finding matters to this user: what was set for its code, else for its family, else its own severity. `off`: it is not told at all. */
export function severityOf({ code, severity }: Rated, severities: Severities): Severity | 'off' {
  return severities[code] ?? severities[`${familyOf(code)}.*`] ?? severity;
}

/** The findings as this user wants them told; those that are off are left out. */
export function rated<F extends Rated>(findings: readonly F[], severities: Severities): F[] {
  return findings.flatMap((finding) => {
    const severity = severityOf(finding, severities);
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

/** The first word of a code: `reference` of `reference.missing`. */
export function familyOf(code: string): string {
  return code.split('.')[0] ?? code;
}

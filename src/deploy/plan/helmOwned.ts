import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Verified } from './dryRun.ts';
import type { Prepared } from './gate.ts';

/** The Helm release that a live object is of, if it is: `web`. Source: Helm, "Labels and Annotations" (app.kubernetes.io/managed-by), and `pkg/action/validate.go` (meta.helm.sh/release-name). */
export function releaseOf({ metadata }: KubeObject): string | undefined {
  const isHelms = metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm';
  return isHelms ? metadata.annotations?.['meta.helm.sh/release-name'] : undefined;
}

/** Why an object of a release is not sent: what Helm records would no longer be what is there. `changes`: what would change, empty if nothing. */
export function helmReason(release: string, changes: string): string {
  return `Helm's: release ${release}${changes === '' ? '' : `; helm upgrade ${release} would change ${changes}`}`;
}

/**
 * What else the chart of a release comes to is left to Helm, too: made by us, it would stand in no record of Helm's, and its next upgrade would refuse to take it. `objects` and `verified` go
 * in one order.
 */
export function leaveToHelm(objects: readonly Prepared[], verified: readonly Verified[]): readonly Verified[] {
  const releases = new Map<string, string>();
  objects.forEach(({ written: { chart } }, index) => {
    const release = verified[index]?.step.release;
    if (chart && release !== undefined) releases.set(chart.folder, release);
  });
  return verified.map((one, index) => {
    const release = releases.get(objects[index]?.written.chart?.folder ?? '');
    const { step } = one;
    if (release === undefined || step.release !== undefined || step.action === 'unchanged') return one;
    return { step: { ...step, action: 'skip', release, reason: `Helm's: release ${release}; helm upgrade ${release} makes it` } };
  });
}

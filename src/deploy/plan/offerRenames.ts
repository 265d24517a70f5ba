import type { Finding } from '../../manifest/finding.ts';
import type { Written } from '../files/written.ts';
import type { Target } from '../types.ts';
import type { DryRunContext } from './dryRun.ts';
import { type KindTable, prepare, servedInstead, UNKNOWN_KIND } from './prepare.ts';

/**
 * Adds to each finding of an API version that is not served the version to write instead, where nothing else need change: the server says so by a dry run of the object as it is, with that version. Where
 * it refuses (a field that has moved, one that has become required) a rename alone would not do, and none is offered.
 */
export async function offerRenames(
  findings: readonly Finding[],
  written: readonly Written[],
  table: KindTable,
  target: Target,
  { cluster, signal, pace }: Pick<DryRunContext, 'cluster' | 'signal' | 'pace'>,
): Promise<readonly Finding[]> {
  const placeKey = ({ file, range }: Pick<Finding, 'file' | 'range'>) => `${file} ${range.start}`;
  const unknown = findings.filter(({ code }) => code === UNKNOWN_KIND);
  if (unknown.length === 0) return findings;
  const places = new Set(unknown.map(placeKey));
  const found = new Map(
    written.map((one) => [placeKey(one.placeOf(['apiVersion'])), one] as const).filter(([key]) => places.has(key)),
  );
  const renamed = async (finding: Finding): Promise<Finding> => {
    const one = finding.code === UNKNOWN_KIND ? found.get(placeKey(finding)) : undefined;
    const [use] = one ? servedInstead(one.object, table) : [];
    if (!one || use === undefined) return finding;
    const [prepared] = prepare([{ ...one, object: { ...one.object, apiVersion: use } }], table, target).objects;
    if (!prepared) return finding;
    const { object } = prepared;
    const tried = await pace.run(() => cluster.apply(object, { dryRun: true, signal }), {
      signal,
      budgetMs: 0,
      transient: () => false,
    });
    if (!tried.ok) return finding;
    // as the editor words it on the line itself
    return { ...finding, fixes: [{ title: `Use "${use}"`, newText: use, preferred: true }] };
  };
  return Promise.all(findings.map(renamed));
}

import type { Finding } from '../../manifest/finding.ts';
import type { Project } from '../../openstack/project.ts';
import type { Quota } from '../../openstack/quota.ts';
import type { Demand } from '../plan/quotaDemand.ts';
import type { PlannedTarget } from './types.ts';

interface Asking {
  readonly target: PlannedTarget;
  readonly demand: Demand;
}

/**
 * What targets of one project ask of it together, against what its quota leaves: a warning where each alone would fit, or not, but all do not. What stays adds up; what stands beside the old
 * only while machines are rolled counts for the wave that asks most, since one wave follows the other. What is live already is not counted. Quotas that nobody tells accuse nobody.
 */
export async function sharedQuota(
  targets: readonly PlannedTarget[],
  projects: ReadonlyMap<string, Pick<Project, 'id' | 'name' | 'cloud' | 'quota'>>,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const sharing = Map.groupBy(
    targets.filter(({ entry, plan }) => projects.has(entry.name) && (plan?.asks ?? []).length > 0),
    ({ entry }) => {
      const project = projects.get(entry.name);
      return JSON.stringify([project?.cloud, project?.id]);
    },
  );
  const findings: Finding[] = [];
  for (const together of sharing.values()) {
    const project = projects.get(together[0]?.entry.name ?? '');
    if (!project || together.length < 2) continue;
    const all = together.flatMap((target) => (target.plan?.asks ?? []).map((demand): Asking => ({ target, demand })));
    for (const service of new Set(all.map(({ demand }) => demand.service))) {
      const quota = await project.quota?.(service, signal);
      for (const limit of quota?.ok ? quota.value : []) {
        const asking = all.filter(({ demand }) => demand.service === service && demand.name === limit.name);
        findings.push(...exceeded(limit, asking, project));
      }
    }
  }
  return findings;
}

function exceeded(
  { name, used, limit }: Quota,
  asking: readonly Asking[],
  project: Pick<Project, 'name' | 'cloud'>,
): readonly Finding[] {
  const each = Map.groupBy(asking, ({ target }) => target);
  const stays = sumOf(asking.filter(({ demand }) => !demand.whileRolled));
  const waves = Map.groupBy(
    asking.filter(({ demand }) => demand.whileRolled),
    ({ target }) => target.entry.wave,
  );
  const rolled = Math.max(0, ...[...waves.values()].map(sumOf));
  const [most] = [...each].toSorted(([, one], [, other]) => sumOf(other) - sumOf(one));
  if (limit === undefined || used === undefined || !most || each.size < 2 || used + stays + rolled <= limit) return [];
  const names = [...each].map(([{ entry }, own]) => `${entry.name} (${sumOf(own)})`);
  const surge = rolled > 0 ? `, ${rolled} of them only while machines are rolled` : '';
  const left = Math.max(0, limit - used);
  const message = `${listed(names)} together ask for ${stays + rolled} more ${name}${surge}; the quota of project ${project.name} (cloud ${project.cloud}) leaves ${left} of ${limit}.`;
  const { file, range } = most[0].entry.place;
  return [{ file, range, severity: 'warning', code: 'quota.exceeded', message }];
}

const sumOf = (asking: readonly Asking[]) => asking.reduce((sum, { demand }) => sum + demand.amount, 0);

const listed = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');

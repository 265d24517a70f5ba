import type { Result } from '../../base/failure.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Project } from '../../openstack/project.ts';
import type { Quota } from '../../openstack/quota.ts';
import type { Prepared } from './gate.ts';
import { refOf } from './prepare.ts';
import { type Demand, demandOf, isPool } from './quotaDemand.ts';
import { type QuotaProject, quotaUse } from './quotaUse.ts';

/** What an object or a stack of a plan asks of the project. */
export interface Asked extends Demand {
  readonly one: Prepared;
}

/** What the objects of a plan ask of the project beyond what is live, cores and memory of their servers included. A flavor that is not found asks for none. */
export async function askedOf(
  objects: readonly Prepared[],
  liveOf: (object: KubeObject) => Promise<Result<KubeObject>>,
  project: Pick<Project, 'find'>,
  signal?: AbortSignal,
): Promise<readonly Asked[]> {
  const planned = new Map(
    objects.map(({ object }) => [nameOf(groupKind(object), object.metadata.namespace, object.metadata.name), object]),
  );
  const find = (kind: string, namespace: string | undefined, name: string) => planned.get(nameOf(kind, namespace, name));
  const asked: Asked[] = [];
  for (const one of objects) {
    if (!isPool(one.object) && demandOf(one.object, undefined, find).length === 0) continue;
    const live = await liveOf(one.object);
    // What cannot be read may be there, and then nothing more is asked.
    if (!live.ok && live.failure.reason !== 'notFound') continue;
    for (const demand of demandOf(one.object, live.ok ? live.value : undefined, find)) asked.push({ ...demand, one });
  }
  return withFlavors(asked, project, signal);
}

/** What is asked, with cores and memory of the servers by their flavors. */
export async function withFlavors(
  asked: readonly Asked[],
  project: Pick<Project, 'find'>,
  signal?: AbortSignal,
): Promise<readonly Asked[]> {
  return [...asked, ...(await ofFlavors(asked, project, signal))];
}

/**
 * What is asked of the project together, against what its quota leaves: a warning at the object that asks for most, for each limit that does not suffice. A quota that nobody tells accuses
 * nobody.
 */
export async function quotaLeft(
  all: readonly Asked[],
  project: Pick<Project, 'name' | 'cloud'> & QuotaProject,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const services = [...new Set(all.map(({ service }) => service))];
  const quotas = await Promise.all(services.map(async (service) => [service, await quotaUse(project, service, signal)] as const));
  return quotas.flatMap(([service, quota]) =>
    quota?.ok
      ? quota.value.flatMap((limit) =>
          exceeded(
            limit,
            all.filter((one) => one.service === service && one.name === limit.name),
            project,
          ),
        )
      : [],
  );
}

/** Cores and memory of the servers, by their flavors. */
async function ofFlavors(
  asked: readonly Asked[],
  project: Pick<Project, 'find'>,
  signal?: AbortSignal,
): Promise<readonly Asked[]> {
  const found = await Promise.all(
    asked.map(async ({ flavor, amount, one, whileRolled }): Promise<Asked[]> => {
      const lookup = flavor && (await project.find('compute.flavor', flavor, signal));
      const [match] = lookup?.verdict === 'found' ? lookup.matches : [];
      return [
        ['cores', match?.['vcpus']],
        ['MiB of RAM', match?.['ram']],
      ].flatMap(([name, each]) =>
        typeof each === 'number'
          ? [{ service: 'compute', name: String(name), amount: each * amount, one, ...(whileRolled && { whileRolled }) }]
          : [],
      );
    }),
  );
  return found.flat();
}

function exceeded(
  { name, used, limit }: Quota,
  asked: readonly Asked[],
  { name: project, cloud }: Pick<Project, 'name' | 'cloud'>,
): Finding[] {
  const sumOf = (some: readonly Asked[]) => some.reduce((sum, { amount }) => sum + amount, 0);
  const total = sumOf(asked);
  const each = [...Map.groupBy(asked, ({ one }) => one)].map(([one, own]) => ({ one, amount: sumOf(own) }));
  const [most] = each.toSorted((one, other) => other.amount - one.amount);
  if (limit === undefined || used === undefined || !most || used + total <= limit) return [];
  const place = most.one.written.placeOf(['spec', groupKind(most.one.object) === '/Service' ? 'type' : 'replicas']);
  const others = each.length > 1 ? `, ${most.amount} of them for ${titleOf(refOf(most.one.object))}` : '';
  const left = Math.max(0, limit - used);
  const message = `This asks for ${total} more ${name}${others}; the quota of project ${project} (cloud ${cloud}) leaves ${left} of ${limit}.`;
  return [{ file: place.file, range: place.range, severity: 'warning', code: 'quota.exceeded', message }];
}

function nameOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

import { eachOf } from '../../base/eachOf.ts';
import { type Access, resourceName } from '../../kubernetes/accessRules.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { groupOf, titleOf } from '../../kubernetes/objectKey.ts';
import { type Permissions, permissionsOf } from '../../kubernetes/permissions.ts';
import type { Step, StepAction } from '../types.ts';
import type { Verified } from './dryRun.ts';
import type { KindTable } from './prepare.ts';

/** What each action needs that no dry run has tried. Applying what is not there needs `create` beside `patch`. Source: Kubernetes documentation, Server-Side Apply, "API implementation". */
const UNTRIED: Readonly<Partial<Record<StepAction, readonly string[]>>> = {
  unverified: ['patch', 'create'],
  recreate: ['delete', 'create'],
};

/** So many questions at a time; most are answered from one review of the rules of a namespace. */
const AT_A_TIME = 4;

/**
 * Refuses the steps whose rights no dry run could try and that the user does not have: one review of the rules per namespace, and a review of single questions where that is incomplete. Where the plan itself binds roles
 * there, it is a warning: the right may come with it. Who cannot be asked refuses nothing.
 */
export async function checkRights(all: readonly Verified[], table: KindTable, cluster: Cluster): Promise<readonly Verified[]> {
  const open = all.filter(({ step }) => UNTRIED[step.action] !== undefined && step.stack === undefined);
  if (open.length === 0) return all;
  const permissions = permissionsOf(cluster);
  const wanted = Map.groupBy(open, ({ step }) => step.ref.namespace);
  await eachOf([...wanted], AT_A_TIME, async ([namespace, steps]) => {
    const accesses = new Map(
      steps.flatMap(({ step }) => accessesOf(step, table).map((access) => [resourceName(access) + access.verb, access])),
    );
    await permissions.learn(namespace, [...accesses.values()]);
  });
  const binds = (namespace: string | undefined) =>
    all.some(
      ({ step: { ref } }) => ref.kind === 'ClusterRoleBinding' || (ref.kind === 'RoleBinding' && ref.namespace === namespace),
    );
  const judged = new Map<Verified, Verified>();
  await eachOf(open, AT_A_TIME, async (one) => {
    const missing = await missingRight(one.step, table, permissions);
    if (missing) judged.set(one, refused(one, missing, cluster, binds(one.step.ref.namespace)));
  });
  return all.map((one) => judged.get(one) ?? one);
}

function accessesOf({ action, ref }: Step, table: KindTable): readonly Access[] {
  const facts = table.find(ref.apiVersion, ref.kind);
  if (!facts) return [];
  return (UNTRIED[action] ?? []).map((verb) => ({ verb, group: groupOf(ref.apiVersion), resource: facts.resource }));
}

async function missingRight(step: Step, table: KindTable, permissions: Permissions): Promise<Access | undefined> {
  const { namespace, name } = step.ref;
  for (const access of accessesOf(step, table)) {
    const { answer, names } = permissions.known(namespace, access);
    if (answer !== 'refused' || (access.verb !== 'create' && names.has(name))) continue;
    // What was reviewed may have changed since; one question tells.
    const decided = await permissions.decide(namespace, access.verb === 'create' ? access : { ...access, name });
    if (decided.ok && !decided.value.allowed) return access;
  }
  return undefined;
}

function refused({ step, blocker }: Verified, access: Access, { context }: Cluster, mayCome: boolean): Verified {
  const where = step.ref.namespace === undefined ? '' : ` in namespace ${step.ref.namespace}`;
  const reason = `${context.user ?? 'the user'} may not ${access.verb} ${resourceName(access)}${where}`;
  if (mayCome)
    return {
      step: { ...step, warnings: [...step.warnings, `${reason} yet; a role binding of this plan may change that`] },
      ...(blocker ? { blocker } : {}),
    };
  const message = `${titleOf(step.ref)} is refused: ${reason}. Ask for the right, or deploy as somebody who has it.`;
  const { file, range, line } = step.source;
  return { step: { ...step, action: 'forbidden', reason }, blocker: { message, step: step.key, place: { file, range, line } } };
}

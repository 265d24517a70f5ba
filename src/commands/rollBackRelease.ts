import { commands, l10n, type Uri } from 'vscode';
import { planRollback, type RollbackPlan, type RollbackStep } from '../deploy/helmRollback.ts';
import { comparable } from '../deploy/plan/diff.ts';
import type { Subject } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { readRelease, type StoredRevision } from '../kubernetes/helmRelease.ts';
import { maskSecrets, maskText, secretsOf } from '../kubernetes/helmSecrets.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { copy } from './copy.ts';
import { chooseRelease, type ReleaseParts, revisionsOfRelease } from './openRelease.ts';

/**
 * Shows what going back to a revision of a Helm release does: each object's difference, what is made, what is deleted, and the command that does it. Helm itself carries it out: its hooks
 * and its history are its own.
 */
export async function rollBackRelease(parts: ReleaseParts, subject: Subject | undefined): Promise<void> {
  const { prompts, log } = parts;
  const chosen = subject?.of === 'release' ? subject : await chooseRelease(parts, 'manifest');
  if (!chosen) return;
  const { cluster } = chosen;
  const all = await revisionsOfRelease(cluster, chosen.revision);
  if (!all.ok) return tell(all.failure, log);
  const [latest, ...earlier] = all.value;
  const to = latest && (await targetOf(parts, chosen.revision, latest, earlier));
  if (!latest || !to) return;
  const [now, then] = await Promise.all([readRelease(cluster, latest), readRelease(cluster, to)]);
  if (!now.ok) return tell(now.failure, log);
  if (!then.ok) return tell(then.failure, log);
  const plan = await planRollback(cluster, now.value, then.value);
  if (!plan.ok) return tell(plan.failure, log);
  const secrets = [...new Set([...secretsOf(now.value), ...secretsOf(then.value)])];
  await showPlan(parts, cluster, to.name, plan.value, secrets);
  const command = helmCommand(cluster, to);
  const button = l10n.t('Copy Command');
  const told = l10n.t('{0} (nothing was sent). Helm does it: {1}', summaryOf(to.name, plan.value), command);
  if ((await prompts.offer(told, [button])) === button) await copy([command]);
}

/** The revision on the row; on the release itself, or on its latest revision, an earlier one that is picked. */
async function targetOf(
  { prompts }: ReleaseParts,
  chosen: StoredRevision,
  latest: StoredRevision,
  earlier: readonly StoredRevision[],
): Promise<StoredRevision | undefined> {
  if (chosen.revision !== latest.revision) return chosen;
  if (earlier.length === 0) {
    await prompts.offer(l10n.t('{0} has no earlier revision.', latest.name), []);
    return undefined;
  }
  const choices = earlier.map((one) => ({ label: l10n.t('Revision {0}', one.revision), description: one.status, value: one }));
  return prompts.pick(choices, { title: l10n.t('Roll {0} back to which revision?', latest.name) });
}

const words: Readonly<Record<RollbackStep['action'], string>> = {
  create: 'created',
  update: 'changed',
  unchanged: 'unchanged',
  delete: 'deleted',
  keep: 'kept',
  refused: 'refused',
};

/** `web from revision 3 back to 1: 1 created, 2 changed, 1 deleted, 1 hook runs`. */
export function summaryOf(name: string, { from, to, steps, hooks }: RollbackPlan): string {
  const counts = Map.groupBy(steps, ({ action }) => action);
  const told = Object.entries(words).flatMap(([action, word]) => {
    const count = counts.get(action as RollbackStep['action'])?.length ?? 0;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const runs = hooks.length === 0 ? [] : [l10n.t('hooks run: {0}', hooks.join(', '))];
  return l10n.t('{0} from revision {1} back to {2}: {3}', name, from, to, [...told, ...runs].join(', '));
}

/** As it is typed: quoted where a shell would take a name apart. */
export function helmCommand({ context }: Cluster, { name, revision, stored }: StoredRevision): string {
  const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const driver = stored.kind === 'ConfigMap' ? 'HELM_DRIVER=configmap ' : '';
  const space = stored.namespace === undefined ? '' : ` --namespace ${quoted(stored.namespace)}`;
  return `${driver}helm rollback ${quoted(name)} ${revision}${space} --kube-context ${quoted(context.name)}`;
}

/** The plan as a text, and the differences of all that changes in one editor, without what is likely a secret. */
async function showPlan(
  { documents }: ReleaseParts,
  { context }: Cluster,
  name: string,
  plan: RollbackPlan,
  secrets: readonly string[],
): Promise<void> {
  const text = (object: KubeObject | undefined) => (object ? toYaml(maskSecrets(comparable(object), secrets)) : '');
  const lines = [
    `# ${summaryOf(name, plan)}`,
    ...plan.steps.map(
      ({ ref, action, reason }) =>
        `${words[action].padEnd(9)}  ${objectName(ref)}${reason && `  (${maskText(reason, secrets)})`}`,
    ),
  ];
  const page = documents.provide(`${context.name}/${name} rollback to ${plan.to}.txt`, () => `${lines.join('\n')}\n`);
  await commands.executeCommand('vscode.open', page, { preview: false });
  const changing = plan.steps.filter(({ action }) => ['create', 'update', 'delete'].includes(action));
  const resources = changing.map(({ ref, live, result }): [Uri, Uri | undefined, Uri | undefined] => {
    const path = [context.name, ref.namespace, `${ref.kind} ${ref.name}.yaml`].filter(Boolean).join('/');
    const [before, after] = [live, result].map((object, at) =>
      object ? documents.provide(path, () => text(object), { side: at === 0 ? 'live' : `revision ${plan.to}` }) : undefined,
    );
    return [(after ?? before) as Uri, before, after];
  });
  if (resources.length > 0)
    await commands.executeCommand('vscode.changes', l10n.t('{0}: live ↔ revision {1}', name, plan.to), resources);
}

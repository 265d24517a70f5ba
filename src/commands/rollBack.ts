import { commands, l10n, window } from 'vscode';
import { failed, type Result } from '../base/failure.ts';
import { fieldsAt, sameJson } from '../base/fields.ts';
import { mergePatch } from '../deploy/plan/mergePatch.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { keepsRevisions, revisionsOf } from '../kubernetes/revisions.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { type ActOnObjectParts, mayChange } from './actOnObject.ts';
import { chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';

export interface RollBackParts extends ActOnObjectParts {
  readonly documents: Documents;
}

/** Gives a workload the pod template of an earlier revision again: picked, its difference shown, a yes asked for. */
export async function rollBack(parts: RollBackParts, node: Node | undefined): Promise<void> {
  const { prompts, log, documents } = parts;
  const title = l10n.t('Roll Back');
  const subject = node?.row.subject;
  const target = subject?.of === 'object' ? subject : await chooseObject(parts, { title, fits: keepsRevisions });
  if (!target || !(await mayDo(parts, 'rollBack', target))) return;
  const { cluster, ref } = target;
  const workload = await cluster.get(ref);
  const revisions = workload.ok ? await revisionsOf(cluster, ref, workload.value) : workload;
  if (!workload.ok || !revisions.ok) return revisions.ok ? undefined : tell(revisions.failure, log);
  const now = fieldsAt(workload.value, 'spec', 'template');
  const earlier = revisions.value.filter(({ template }) => !sameJson(mergePatch(now, template) ?? {}, {}));
  if (earlier.length === 0) {
    await prompts.offer(l10n.t('{0} has no earlier revision.', objectName(ref)), []);
    return;
  }
  const choices = earlier.map((one) => ({
    label: l10n.t('Revision {0}', one.number),
    description: [one.images.join(', '), one.created, one.cause].filter(Boolean).join(' · '),
    value: one,
  }));
  const chosen = await prompts.pick(choices, { title: `${title} ${objectName(ref)}` });
  if (!chosen) return;
  const path = [cluster.context.name, ref.namespace, `${ref.kind} ${ref.name} template.yaml`].filter(Boolean).join('/');
  const side = (name: string, template: unknown) => documents.provide(path, () => toYaml(template), { side: name });
  const sides = [side('live', now), side(`revision ${chosen.number}`, chosen.template)];
  await commands.executeCommand('vscode.diff', ...sides, l10n.t('{0} (live ↔ revision {1})', objectName(ref), chosen.number));
  const answer = l10n.t('revision {0}', chosen.number);
  if (!(await mayChange(parts, { title: `${title}…`, risk: 'interrupts', touches: ['spec.template'] }, [target], [answer])))
    return;
  const done = await sendTemplate(cluster, ref, now, chosen.template);
  log.info(
    `roll back ${objectName(ref)} to ${chosen.number} · ${cluster.context.name} · ${done.ok ? 'accepted' : done.failure.message}`,
  );
  if (!done.ok) return tell(done.failure, log);
  window.setStatusBarMessage(`$(check) ${title} · ${objectName(ref)}`, 5000);
}

/** A controller writes the status of a workload at any time: only another template in between is somebody else's change. */
const attempts = 5;

async function sendTemplate(cluster: Cluster, ref: ObjectRef, shown: unknown, template: unknown): Promise<Result<void>> {
  for (let attempt = 1; ; attempt++) {
    const live = await cluster.get(ref);
    if (!live.ok) return live;
    if (!sameJson(fieldsAt(live.value, 'spec', 'template'), shown))
      return failed('conflict', l10n.t('{0} was changed meanwhile. Nothing was sent; roll back again.', objectName(ref)));
    const { resourceVersion } = live.value.metadata;
    const done = await cluster.patch(ref, { metadata: { resourceVersion }, spec: { template: mergePatch(shown, template) } });
    if (done.ok || done.failure.reason !== 'conflict' || attempt === attempts) return done;
  }
}

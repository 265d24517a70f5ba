import { commands, l10n, ProgressLocation, window } from 'vscode';
import { describeProof, prepareProof, printProof, prove } from '../deploy/proof/prove.ts';
import { type ServiceApi, serviceApi, serviceServedBy } from '../deploy/proof/serviceApi.ts';
import { seconds } from '../deploy/run/summary.ts';
import { readTarget } from '../deploy/target.ts';
import { projectsOf } from '../explorer/relatedNodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { makesPodsAnew } from '../kubernetes/podMakers.ts';
import type { ActOnObjectParts, ObjectTarget } from './actOnObject.ts';
import { chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';

export interface ProveParts extends ActOnObjectParts {
  readonly documents: Documents;
}

/** Deletes one pod of a workload after a yes, and shows in seconds when the workload is whole again; of an OpenStack service on Kubernetes also when its API answers. Protected and read-only contexts refuse. */
export async function proveIt(parts: ProveParts, subject: unknown): Promise<void> {
  const title = l10n.t('Prove It');
  const given = isTarget(subject) ? subject : undefined;
  const chosen = given ?? (await chooseObject(parts, { title, fits: makesPodsAnew }));
  if (!chosen || !(await mayDo(parts, 'proveIt', chosen))) return;
  const { cluster, ref } = chosen;
  const { settings, prompts, log } = parts;
  const protection = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const target = await readTarget(cluster, { ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }), protection });
  if (!target.ok) return tell(target.failure, log);
  const proof = await prepareProof(cluster, target.value, ref);
  if (!proof.ok) return tell(proof.failure, log);
  if (
    !(await prompts.confirm({
      message: l10n.t('Prove that {0} heals?', objectName(ref)),
      detail: describeProof(proof.value),
      yes: l10n.t('Delete the Pod'),
    }))
  )
    return;
  const api = await apiBehind(parts, chosen);
  const done = await window.withProgress(
    { location: ProgressLocation.Notification, title: `${title} · ${objectName(ref)}`, cancellable: true },
    (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const emit = ({ at, text }: { readonly at: number; readonly text: string }) => {
        log.info(`${title} · ${text} · ${cluster.context.name}`);
        progress.report({ message: `${seconds(at)} ${text}` });
      };
      return prove(proof.value, { cluster, signal: stop.signal, emit, ...(api ? { api } : {}) });
    },
  );
  if (!done.ok) return tell(done.failure, log);
  const { outcome, sentence } = done.value;
  const report = l10n.t('Report');
  const severity = outcome === 'healed' ? 'information' : outcome === 'cancelled' ? 'warning' : 'error';
  if ((await prompts.offer(sentence, [report], severity)) !== report) return;
  const page = parts.documents.provide(`${cluster.context.name}/proof ${ref.name}.txt`, () =>
    printProof(proof.value, done.value),
  );
  await commands.executeCommand('vscode.open', page);
}

/** The API that the workload serves, of the cloud that runs on this cluster, which only the user knows; of those that are open: nothing is signed in to for it. */
async function apiBehind({ asked, prompts }: ProveParts, { cluster, ref }: ObjectTarget): Promise<ServiceApi | undefined> {
  const workload = asked && (await cluster.get(ref));
  const service = workload?.ok ? serviceServedBy(workload.value) : undefined;
  if (!asked || service === undefined) return undefined;
  const projects = await projectsOf(asked);
  if (projects.length === 0) return undefined;
  const project = await prompts.pick(
    [
      ...projects.map((one) => ({ label: one.cloud, description: one.name, value: one })),
      { label: l10n.t('None of them'), description: l10n.t('watch the pods alone'), value: undefined },
    ],
    { title: l10n.t('{0} serves the API {1}: which cloud runs on this cluster?', objectName(ref), service) },
  );
  return project && serviceApi(project, service);
}

function isTarget(subject: unknown): subject is ObjectTarget {
  return typeof subject === 'object' && subject !== null && 'cluster' in subject && 'ref' in subject;
}

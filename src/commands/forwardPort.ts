import { env, l10n, Uri } from 'vscode';
import { isFree } from '../base/localListener.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { ObjectRef } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { forwardableKinds, type PodsBehind, podsBehind } from '../kubernetes/podsBehind.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';
import { type Forward, type Forwards, forwardKey } from './forwards.ts';
import { mayDo } from './mayDo.ts';

export interface ForwardParts extends ChooseObjectParts {
  readonly forwards: Forwards;
}

/** Asks for a port of a pod, Service or workload and for one of this machine, and forwards it. */
export async function forwardPort(parts: ForwardParts, node: Node | undefined): Promise<void> {
  const subject = node?.row.subject;
  const title = l10n.t('Forward Port');
  const chosen =
    subject?.of === 'object' && forwardableKinds.includes(kindKey(subject.ref))
      ? subject
      : await chooseObject(parts, { title, fits: ({ group, kind }) => forwardableKinds.includes(`${group}/${kind}`) });
  if (!chosen || !(await mayDo(parts, 'forward', chosen))) return;
  const { cluster, ref } = chosen;
  const behind = await podsBehind(cluster, ref);
  if (!behind.ok) return tell(behind.failure, parts.log);
  const heading = l10n.t('Forward {0}', objectName(ref));
  const port = await choosePort(parts.prompts, behind.value, heading);
  if (port === undefined) return;
  const localPort = await chooseLocalPort(parts.prompts, port, heading);
  if (localPort === undefined) return;
  await begin(parts, { context: cluster.context.name, ref, port, localPort });
}

/** Starts one of the list again. */
export async function startForward(parts: ForwardParts, row: unknown): Promise<void> {
  const forward = await forwardOf(parts, row, l10n.t('Start which forward?'), (one) => !one.running);
  if (forward) await begin(parts, forward.spec);
}

export async function stopForward(parts: ForwardParts, row: unknown): Promise<void> {
  const forward = await forwardOf(parts, row, l10n.t('Stop which forward?'), (one) => one.running !== undefined);
  if (forward) parts.forwards.stop(forward.spec);
}

export async function removeForward(parts: ForwardParts, row: unknown): Promise<void> {
  const forward = await forwardOf(parts, row, l10n.t('Remove which forward?'), () => true);
  if (forward) await parts.forwards.remove(forward.spec);
}

/** Opens what is forwarded in the browser. */
export async function openForward(parts: ForwardParts, row: unknown): Promise<void> {
  const forward = await forwardOf(parts, row, l10n.t('Open which forward?'), (one) => one.running !== undefined);
  if (forward) await open(forward.spec.localPort, forward.spec.port);
}

/** Copies `localhost:8080`. */
export async function copyForward(parts: ForwardParts, row: unknown): Promise<void> {
  const forward = await forwardOf(parts, row, l10n.t('Copy the address of which forward?'), () => true);
  if (forward) await env.clipboard.writeText(`localhost:${forward.spec.localPort}`);
}

async function begin({ forwards, prompts, log }: ForwardParts, spec: Forward['spec']): Promise<void> {
  const started = await forwards.start(spec);
  if (!started.ok) return tell(started.failure, log);
  const { localPort, port, ref, context } = started.value.spec;
  log.info(`forward localhost:${localPort} to ${objectName(ref)}:${port} · ${context}`);
  const [browser, copy] = [l10n.t('Open in Browser'), l10n.t('Copy Address')];
  const answer = await prompts.offer(l10n.t('localhost:{0} leads to {1}, port {2}.', localPort, objectName(ref), port), [
    browser,
    copy,
  ]);
  if (answer === browser) await open(localPort, port);
  if (answer === copy) await env.clipboard.writeText(`localhost:${localPort}`);
}

/** What is usually served with TLS is opened so. */
async function open(localPort: number, port: number): Promise<void> {
  const scheme = port % 1000 === 443 ? 'https' : 'http';
  await env.openExternal(Uri.parse(`${scheme}://localhost:${localPort}/`));
}

async function choosePort(prompts: Prompts, { ports }: PodsBehind, heading: string): Promise<number | undefined> {
  const [only] = ports;
  if (only && ports.length === 1) return only.port;
  const choices = ports.map(({ port, name = '' }) => ({ label: String(port), description: name, value: port }));
  const another = { label: l10n.t('Another port…'), value: 0 };
  const port =
    choices.length === 0 ? 0 : await prompts.pick([...choices, another], { title: `${heading} · ${l10n.t('Which port?')}` });
  return port === 0 ? askPort(prompts, `${heading} · ${l10n.t('Which port?')}`, '') : port;
}

/** The same number if it is free here; 0 takes any. */
async function chooseLocalPort(prompts: Prompts, port: number, heading: string): Promise<number | undefined> {
  const usual = (await isFree(port)) ? String(port) : '';
  return askPort(
    prompts,
    `${heading} · ${l10n.t('Port {0} to which port of this machine? An empty field takes a free one.', port)}`,
    usual,
    0,
  );
}

async function askPort(prompts: Prompts, title: string, value: string, empty?: number): Promise<number | undefined> {
  const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
  const check = (text: string) =>
    isPort(text.trim()) || (empty !== undefined && text.trim() === '') ? undefined : l10n.t('A port from 1 to 65535.');
  const text = (await prompts.text(title, value, check))?.trim();
  return text === undefined ? undefined : text === '' ? empty : Number(text);
}

/** The row a command was called on, else one that is picked. */
async function forwardOf(
  { forwards, prompts }: ForwardParts,
  row: unknown,
  title: string,
  fits: (forward: Forward) => boolean,
): Promise<Forward | undefined> {
  if (typeof row === 'object' && row !== null && 'spec' in row)
    return forwards.all().find(({ spec }) => forwardKey(spec) === forwardKey((row as Forward).spec));
  const fitting = forwards.all().filter(fits);
  const choices = fitting.map((one) => ({
    label: `localhost:${one.spec.localPort}`,
    description: `${objectName(one.spec.ref)}:${one.spec.port} · ${one.spec.context}`,
    value: one,
  }));
  if (choices.length > 0) return prompts.pick(choices, { title });
  await prompts.offer(l10n.t('No port is forwarded. Run Forward Port on a pod, Service or workload.'), []);
  return undefined;
}

/** `apps/Deployment`, `/Pod`. */
function kindKey({ apiVersion, kind }: ObjectRef): string {
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;
}

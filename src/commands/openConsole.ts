import { commands, env, l10n, Uri, workspace } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { Change } from '../openstack/action.ts';
import { textAt } from '../openstack/columns.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import type { ActTarget } from './actTarget.ts';

const lastLines = 1000;
/** A log that is open is read again this often. */
const followMs = 5000;

/** Source: compute API reference, "Show console output". */
const consoleOutput: Change = { method: 'POST', path: '/action', body: { 'os-getConsoleOutput': { length: lastLines } } };

/** Opens what a server wrote to its console, read again every five seconds as long as it is open. */
export async function openConsoleLog(documents: Documents, { project, kind, resource }: ActTarget): Promise<void> {
  const path = `${project.cloud}/${project.name}/${nameOf(kind, resource)} ${idOf(kind, resource).slice(0, 8)}.log`;
  const read = async () => {
    const answer = await project.ask(kind, resource, consoleOutput, `read the console of server ${nameOf(kind, resource)}`);
    if (!answer.ok) return `# ${answer.failure.message}`;
    return textAt({ answer: answer.value }, 'answer.output') ?? '';
  };
  const uri = documents.provide(path, read);
  await commands.executeCommand('vscode.open', uri);
  const timer = setInterval(() => {
    if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) documents.provide(path, read);
    else clearInterval(timer);
  }, followMs);
  timer.unref();
}

/** What a hypervisor may offer, likeliest first. Source: compute API reference, "Create console" (microversion 2.6 and above). */
const consoles = [
  { protocol: 'vnc', type: 'novnc' },
  { protocol: 'spice', type: 'spice-html5' },
  { protocol: 'serial', type: 'serial' },
  { protocol: 'mks', type: 'webmks' },
] as const;

/** Opens the console of a server in the browser: the first kind that its hypervisor offers. The address carries a token: it is in no log. */
export async function openConsole(log: Logger, { project, kind, resource }: ActTarget): Promise<void> {
  const doing = `open the console of server ${nameOf(kind, resource)}`;
  for (const remote of consoles) {
    const change: Change = { method: 'POST', path: '/remote-consoles', body: { remote_console: remote } };
    const answer = await project.ask(kind, resource, change, doing);
    const url = answer.ok ? textAt({ answer: answer.value }, 'answer.remote_console.url') : undefined;
    if (url !== undefined && /^https?:/.test(url)) {
      await env.openExternal(Uri.parse(url, true));
      return;
    }
    // 400: this hypervisor has no console of that kind.
    if (!answer.ok && answer.failure.status !== 400) return tell(answer.failure, log);
  }
  const message = l10n.t('Server {0} offers no console that a browser can show.', nameOf(kind, resource));
  await tell({ reason: 'unsupported', message }, log);
}

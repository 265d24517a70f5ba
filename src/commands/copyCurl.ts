import { env, l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { tell } from '../host/tell.ts';
import { idOf } from '../openstack/display.ts';
import type { ActTarget } from './actTarget.ts';

/** Copies the request that shows a resource as a line for a shell. The token is left out: `OS_TOKEN` stands for it. */
export async function copyCurl({ log }: { readonly log: Logger }, { project, kind, resource, parent }: ActTarget): Promise<void> {
  const address = await project.addressOf(kind, idOf(kind, resource), parent);
  if (!address.ok) return tell(address.failure, log);
  const { url, headers } = address.value;
  await env.clipboard.writeText(curlLine(url, headers));
  window.setStatusBarMessage(
    l10n.t(
      'Copied. OS_TOKEN stands for the token: export OS_TOKEN=$(openstack --os-cloud {0} token issue -f value -c id)',
      project.cloud,
    ),
    15_000,
  );
}

/** `curl -sS -H "X-Auth-Token: $OS_TOKEN" 'https://…'` */
export function curlLine(url: string, headers: Readonly<Record<string, string>>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const named = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return ['curl -sS', '-H "X-Auth-Token: $OS_TOKEN"', ...named, quoted(url)].join(' ');
}

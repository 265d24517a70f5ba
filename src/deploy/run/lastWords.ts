import { redactText } from '../../base/redact.ts';
import { colourlessText } from '../../base/terminalText.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { SecretMask } from '../record/secretMask.ts';
import type { RunChild } from '../types.ts';

/** As many lines as C.4's report holds, and no more bytes than that many long lines have. */
const LINES = 40;
const BYTES = 16_384;

/** Settings as programs print them. */
const SPOKEN_SECRET =
  /\b([\w.-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w.-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi;

/**
 * The children of an object in trouble, the bad pods among them with the last lines of their container that ended; of the run before if it has begun anew. Undefined where there is nothing
 * to read. Asks each pod's log at most twice; failures are silence, for the trouble itself is told already.
 */
export async function withLastWords(
  cluster: Cluster,
  children: readonly RunChild[],
  mask: SecretMask,
  signal: AbortSignal,
): Promise<readonly RunChild[] | undefined> {
  const worst = children.find(({ bad, container }) => bad && container !== undefined);
  if (worst === undefined) return undefined;
  const lines = await lastLines(cluster, worst, signal);
  if (lines.length === 0) return undefined;
  const log = lines.map((line) => withoutSecrets(line, mask));
  return children.map((child) => (child === worst ? { ...child, log } : child));
}

async function lastLines(cluster: Cluster, { ref, container }: RunChild, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(ref.namespace ?? 'default')}/pods/${encodeURIComponent(ref.name)}/log`;
  const query = `container=${encodeURIComponent(container ?? '')}&tailLines=${LINES}&limitBytes=${BYTES}`;
  for (const previous of ['', '&previous=true']) {
    const answer = await cluster.raw(`${path}?${query}${previous}`, { accept: 'text/plain, */*', signal });
    const lines = answer.ok ? answer.value.split('\n').filter((line) => line.trim() !== '') : [];
    if (lines.length > 0) return lines.map(colourlessText);
  }
  return [];
}

/** A line without what is secret in it: settings that say so by their names, credentials in URLs, and what the mask of the run knows. */
function withoutSecrets(line: string, mask: SecretMask): string {
  return mask(redactText(line).replace(SPOKEN_SECRET, '$1***'));
}

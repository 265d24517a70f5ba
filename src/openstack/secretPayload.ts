import { type Result, success } from '../base/failure.ts';
import { textAt } from './columns.ts';
import { idOf } from './display.ts';
import type { Resource } from './kind.ts';
import type { Project } from './project.ts';

/** What a secret holds: a text, or bytes that are none (`text` is then Base64). To be handed on at once, never kept, logged or shown by itself. */
export interface SecretPayload {
  readonly text: string;
  readonly binary: boolean;
}

const largest = 1024 * 1024;

/** Asks for the payload of one secret, on the user's word only. Source: key manager API reference, "GET /v1/secrets/{uuid}/payload". */
export async function secretPayload(project: Project, secret: Resource): Promise<Result<SecretPayload>> {
  const kind = 'key-manager.secret';
  const type = textAt(secret, 'content_types.default') ?? 'text/plain';
  const call = {
    service: 'key-manager',
    path: `/secrets/${encodeURIComponent(idOf(kind, secret))}/payload`,
    doing: `read the payload of secret ${textAt(secret, 'name') ?? idOf(kind, secret)}`,
  };
  const answer = await project.transfer(call, { method: 'GET', headers: { accept: type }, maxBytes: largest });
  if (!answer.ok) return answer;
  const bytes = Buffer.from(answer.value.body);
  const text = bytes.toString('utf8');
  const binary = !/^text\//.test(type) || !Buffer.from(text, 'utf8').equals(bytes);
  return success({ text: binary ? bytes.toString('base64') : text, binary });
}

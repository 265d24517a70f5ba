import { failed, type Result, success } from '../base/failure.ts';
import { textAt } from './columns.ts';
import { asSettings } from './configFiles.ts';
import type { Resource } from './kind.ts';
import type { Project } from './project.ts';

/** An application credential that takes the place of another one. The secret is told by the service this once. */
export interface NewCredential {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

const kind = 'identity.application_credential';

/**
 * Makes a credential with the roles, access rules and freedom of `old`, and tries whether one can sign in with it; the old one stays as it is. `expiresAt` is an ISO time, absent for never.
 * Fails with `unsupported` for a credential of another project: what a credential opens is the project it was made in. Source: identity API reference v3, "Create application credential".
 */
export async function rotateCredential(
  project: Project,
  old: Resource,
  { name, expiresAt }: { readonly name: string; readonly expiresAt?: string },
): Promise<Result<NewCredential>> {
  const own = textAt(old, 'project_id');
  if (own !== undefined && own !== project.id)
    return failed(
      'unsupported',
      `${textAt(old, 'name') ?? ''} opens another project than ${project.name}. Rotate it below that one.`,
    );
  const rules = listOf(old['access_rules']).map(({ path, method, service }) => ({ path, method, service }));
  const body = {
    application_credential: {
      name,
      ...(old['description'] ? { description: old['description'] } : {}),
      roles: listOf(old['roles']).map(({ id }) => ({ id })),
      ...(old['unrestricted'] === true ? { unrestricted: true } : {}),
      ...(rules.length > 0 ? { access_rules: rules } : {}),
      ...(expiresAt ? { expires_at: expiresAt } : {}),
    },
  };
  const made = await project.create(kind, { method: 'POST', body });
  if (!made.ok) return made;
  const [id, secret] = ['id', 'secret'].map((field) => textAt({ body: made.value.body }, `body.application_credential.${field}`));
  if (id === undefined || secret === undefined)
    return failed(
      'malformed',
      `Cloud ${project.cloud} made credential ${name} without telling its secret. Delete it, and try again.`,
    );
  const proof = await signIn(project, id, secret, name);
  return proof.ok ? success({ id, name, secret }) : proof;
}

async function signIn(project: Project, id: string, secret: string, name: string): Promise<Result<unknown>> {
  const identity = { methods: ['application_credential'], application_credential: { id, secret } };
  const call = {
    service: 'identity',
    path: '/auth/tokens',
    query: new URLSearchParams({ nocatalog: '' }),
    doing: `sign in with the new credential ${name}`,
  };
  const headers = { 'content-type': 'application/json' };
  return await project.transfer(call, { method: 'POST', headers, body: JSON.stringify({ auth: { identity } }) });
}

/** `name`, or with the date where that was tried already: names are unique for a user. */
export function nextName(name: string, taken: readonly string[], today: Date): string {
  const base = `${name.replace(/-\d{4}-\d{2}-\d{2}(-\d+)?$/, '')}-${today.toISOString().slice(0, 10)}`;
  for (let count = 2, next = base; ; count++) {
    if (!taken.includes(next)) return next;
    next = `${base}-${count}`;
  }
}

/** Lines of a text, from 1, that name a credential by its id, or as clouds.yaml names one by its name. */
export function linesNaming(text: string, { id, name }: { readonly id: string; readonly name: string }): readonly number[] {
  const byName = (line: string) =>
    /application_credential_name["']?\s*[:=]\s*["']?([^"'#,}]*?)["']?\s*(?:[,}#]|$)/i.exec(line)?.[1] === name;
  return text.split('\n').flatMap((line, index) => (line.includes(id) || byName(line) ? [index + 1] : []));
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(asSettings) : [];
}

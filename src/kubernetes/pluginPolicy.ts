import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';
import { findProgram } from './program.ts';

/** What decides, from the environment of who runs us. */
export interface PolicySearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Left out: the user's. */
  readonly home?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether the user's own kuberc lets a credential plugin run: `credentialPluginPolicy` and `credentialPluginAllowlist` of `$KUBERC`, else `~/.kube/kuberc`; `KUBERC=off` asks nothing. Without a
 * policy all may. Fails with `invalid`, naming the file, also when it cannot be read. Sources: KEP-3104; kuberc (v1beta1); an entry's `name` of 1.35 is called `command` from 1.36 on.
 */
export async function allowsPlugin(program: string, { env, home = homedir() }: PolicySearch): Promise<Result<void>> {
  const named = env['KUBERC'];
  if (named === 'off') return success(undefined);
  const file = named || join(home, '.kube', 'kuberc');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    const absent = (text.code === 'ENOENT' || text.code === 'ENOTDIR') && !named;
    return absent ? success(undefined) : deny(`${file}, which says what programs may sign in, cannot be read (${text.code}).`);
  }
  const preference = preferenceIn(text);
  if (preference === undefined) return deny(`${file}, which says what programs may sign in, is not valid YAML.`);
  const { credentialPluginPolicy: policy = '', credentialPluginAllowlist: allowed } = preference;
  if (policy === '' || policy === 'AllowAll') return success(undefined);
  if (policy === 'DenyAll') return deny(`${file} denies all programs that sign in (credentialPluginPolicy: DenyAll).`);
  if (policy !== 'Allowlist') return deny(`${file} has a credentialPluginPolicy that is not known: ${JSON.stringify(policy)}.`);
  for (const entry of Array.isArray(allowed) ? allowed : []) {
    const { command, name }: Fields = Object(entry);
    const wanted = command ?? name;
    if (typeof wanted === 'string' && (await findProgram(wanted, file, env)) === program) return success(undefined);
  }
  return deny(`${program} is not in the credentialPluginAllowlist of ${file}. Add it there if you trust it.`);
}

function deny(message: string): Result<never> {
  return failed('invalid', message);
}

/** The preferences that have a policy: the first document of kubectl's that says one; undefined for what is no YAML. */
function preferenceIn(text: string): Fields | undefined {
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  if ('empty' in documents) return {};
  const trees = [...documents];
  if (trees.some(({ errors }) => errors.length > 0)) return undefined;
  const values = trees.map((tree): Fields => Object(tree.toJS({ maxAliasCount: 100 })));
  return values.find((value) => value['kind'] === 'Preference' && 'credentialPluginPolicy' in value) ?? {};
}

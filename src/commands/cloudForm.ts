import { readFile } from 'node:fs/promises';
import { l10n, window } from 'vscode';
import type { Failure } from '../base/failure.ts';
import type { TlsOptions } from '../base/http.ts';
import type { Logger } from '../base/logger.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Candidates, SignedInAs } from '../openstack/candidate.ts';
import { entryOf, entryOfVariables } from '../openstack/cloudEntry.ts';
import type { Settings } from '../openstack/configFiles.ts';
import { parseOpenrc } from '../openstack/openrc.ts';

export interface FormParts {
  readonly prompts: Prompts;
  readonly candidates: Candidates;
  readonly log: Logger;
}

type Options = Record<string, string>;

/** A way to sign in: its auth type and what is asked for it. */
interface Way {
  readonly label: string;
  readonly detail: string;
  readonly type: string;
  readonly asks: readonly string[];
  /** Whether one project of several is chosen. */
  readonly choosesProject: boolean;
}

const ways = (): readonly Way[] => [
  {
    label: l10n.t('User and password'),
    detail: 'password',
    type: 'password',
    asks: ['username', 'user_domain_name', 'password'],
    choosesProject: true,
  },
  {
    label: l10n.t('Application credential'),
    detail: 'v3applicationcredential',
    type: 'v3applicationcredential',
    asks: ['application_credential_id', 'application_credential_secret'],
    choosesProject: false,
  },
  {
    label: l10n.t('User and passcode'),
    detail: 'v3totp',
    type: 'v3totp',
    asks: ['username', 'user_domain_name'],
    choosesProject: true,
  },
  {
    label: l10n.t('In the browser, at an identity provider'),
    detail: 'v3websso',
    type: 'v3websso',
    asks: ['identity_provider', 'protocol'],
    choosesProject: true,
  },
  {
    label: l10n.t('With a code, at an identity provider'),
    detail: 'v3oidcdeviceauthz',
    type: 'v3oidcdeviceauthz',
    asks: ['identity_provider', 'protocol', 'discovery_endpoint', 'client_id'],
    choosesProject: true,
  },
  { label: l10n.t('Token'), detail: 'v3token', type: 'v3token', asks: ['token'], choosesProject: true },
];

/** What each option is called, and what it usually is. */
const questions = (): Readonly<Record<string, { readonly title: string; readonly usual?: string; readonly secret?: true }>> => ({
  username: { title: l10n.t('User') },
  user_domain_name: { title: l10n.t('Domain of the user'), usual: 'Default' },
  password: { title: l10n.t('Password'), secret: true },
  application_credential_id: { title: l10n.t('Id of the application credential') },
  application_credential_secret: { title: l10n.t('Secret of the application credential'), secret: true },
  token: { title: l10n.t('Token'), secret: true },
  identity_provider: { title: l10n.t('Identity provider, as Keystone calls it') },
  protocol: { title: l10n.t('Protocol, as Keystone calls it'), usual: 'openid' },
  discovery_endpoint: { title: l10n.t('Where the provider describes itself (…/.well-known/openid-configuration)') },
  client_id: { title: l10n.t('Client id') },
  project_name: { title: l10n.t('Project (empty: choose later)') },
  project_domain_name: { title: l10n.t('Domain of the project'), usual: 'Default' },
  region_name: { title: l10n.t('Region (empty: none)') },
});

/** Asks for an entry, an address first: whether an identity service is there, how one signs in, then what that takes. Undefined when the user left. */
export async function askEntry(parts: FormParts): Promise<Settings | undefined> {
  const found = await askKeystone(parts);
  if (!found) return undefined;
  const { prompts } = parts;
  const choices = ways().map((way) => ({ label: way.label, description: way.detail, value: way }));
  const way = await prompts.pick(choices, { title: l10n.t('{0}: who are you?', found['auth_url'] ?? ''), ignoreFocusOut: true });
  if (!way) return undefined;
  const options: Options = { ...found, ...(way.type !== 'password' && { auth_type: way.type }) };
  for (const name of [...way.asks, ...(way.choosesProject ? ['project_name'] : [])]) {
    const answer = await askOption(prompts, name);
    if (answer === undefined) return undefined;
    if (answer !== '') options[name] = answer;
  }
  if (options['project_name'] !== undefined) {
    const domain = await askOption(prompts, 'project_domain_name');
    if (domain === undefined) return undefined;
    options['project_domain_name'] = domain;
  }
  const completed = await complete(parts, options, way.choosesProject);
  return completed && entryOf({ ...completed, identity_api_version: '3' });
}

/** Reads an entry from an openrc file, running nothing; what the file would ask for is asked for. Undefined when the user left or nothing can be read, which is told. */
export async function readOpenrc({ prompts, log }: FormParts): Promise<Settings | undefined> {
  const file = await prompts.file(l10n.t('An openrc file; it is read, never run'));
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const wrong = (message: string) => tell({ reason: 'invalid', message, at: { file } }, log);
  if (text === undefined) return void (await wrong(l10n.t('{0} cannot be read. Check its permissions.', file)));
  const { variables, asked, unread } = parseOpenrc(text);
  if (!variables.has('OS_AUTH_URL'))
    return void (await wrong(l10n.t('{0} sets no OS_AUTH_URL: it is no openrc file that can be read without running it.', file)));
  const all = new Map(variables);
  for (const name of [...asked, ...unread.map((one) => one.name)]) {
    const title = l10n.t('{0} asks for {1}', file.slice(file.lastIndexOf('/') + 1), name);
    const secret = /PASS|SECRET|TOKEN/.test(name);
    const answer = secret
      ? await prompts.password(title, l10n.t('Empty: asked for when it is needed.'))
      : await prompts.text(title, '', () => undefined);
    if (answer === undefined) return undefined;
    all.set(name, answer);
  }
  return entryOfVariables(all);
}

/** The address of an identity service, and how its certificate is looked at. */
async function askKeystone({ prompts, candidates }: FormParts): Promise<Options | undefined> {
  let typed = 'https://';
  let tls: TlsOptions = {};
  const options: Options = {};
  for (;;) {
    const check = (text: string) =>
      text.replace(/^https?:\/\//, '').trim() === '' ? l10n.t('The address of Keystone.') : undefined;
    const url = await prompts.text(l10n.t('Where is the identity service (Keystone)?'), typed, check);
    if (url === undefined) return undefined;
    typed = url;
    for (;;) {
      const asking = candidates.discover(url, tls);
      window.setStatusBarMessage(l10n.t('Asking {0}…', url), asking);
      const found = await asking;
      if (found.ok && !isOpen(found.value.authUrl)) return { ...options, auth_url: found.value.authUrl };
      const way = await chooseWay(prompts, found.ok ? unencrypted(found.value.authUrl) : found.failure, found.ok);
      if (way === undefined) return undefined;
      if (way === 'edit') break;
      if (way === 'keep') return { ...options, auth_url: found.ok ? found.value.authUrl : url.trim() };
      if (way === 'insecure') {
        tls = { insecure: true };
        options['insecure'] = 'true';
      }
      if (way === 'cacert') {
        const file = await prompts.file(l10n.t('The certificate of the authority, as PEM'));
        const ca = file && (await readFile(file, 'utf8').catch(() => undefined));
        if (!file || !ca) continue;
        tls = { ca };
        options['cacert'] = file;
      }
    }
  }
}

/** Whether what is sent there can be read on the way. */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

const unencrypted = (url: string): Failure => ({
  reason: 'untrusted',
  message: l10n.t('{0} is not encrypted: a password sent there can be read on the way.', url),
});

type Next = 'again' | 'edit' | 'keep' | 'insecure' | 'cacert';

/** What to do about an address at which no identity service was found, or (`found`) one that is better not used. */
function chooseWay(prompts: Prompts, { reason, message }: Failure, found: boolean): Promise<Next | undefined> {
  const untrusted: readonly { label: string; value: Next }[] = [
    { label: `$(file) ${l10n.t('Name the authority that signed its certificate…')}`, value: 'cacert' },
    { label: `$(warning) ${l10n.t('Do not verify its certificate')}`, value: 'insecure' },
  ];
  const choices: readonly { label: string; value: Next }[] = [
    ...(reason === 'untrusted' && !found ? untrusted : []),
    { label: `$(edit) ${l10n.t('Change the address…')}`, value: 'edit' },
    { label: `$(refresh) ${l10n.t('Try again')}`, value: 'again' },
    { label: `$(arrow-right) ${l10n.t('Go on with this address')}`, value: 'keep' },
  ];
  return prompts.pick(choices, { title: message, ignoreFocusOut: true });
}

function askOption(prompts: Prompts, name: string): Promise<string | undefined> {
  const { title = name, usual = '', secret } = questions()[name] ?? {};
  return secret
    ? prompts.password(title, l10n.t('Empty: asked for when it is needed.'))
    : prompts.text(title, usual, () => undefined);
}

/** Signs in where that is possible and something is still open: project and region are then picked, not typed. */
async function complete(
  { prompts, candidates, log }: FormParts,
  given: Options,
  choosesProject: boolean,
): Promise<Options | undefined> {
  const options = { ...given };
  const ready = ['password', 'application_credential_secret', 'token'].some((secret) => options[secret]);
  const trying = ready ? candidates.tryOut('candidate', entryOf(options)) : undefined;
  if (trying) window.setStatusBarMessage(l10n.t('Signing in…'), trying);
  const tried = await trying;
  if (tried && !tried.ok) void tell(tried.failure, log);
  const known: SignedInAs | undefined = tried?.ok ? tried.value : undefined;
  if (known && choosesProject && options['project_name'] === undefined) {
    const choices = known.projects.map(({ id, name, domain = '' }) => ({ label: name, description: domain, value: id }));
    const none = { label: l10n.t('None'), description: l10n.t('each is chosen in the tree'), value: '' };
    const project = await prompts.pick([...choices, none], { title: l10n.t('Which project?'), ignoreFocusOut: true });
    if (project === undefined) return undefined;
    if (project !== '') options['project_id'] = project;
  }
  const [only, ...others] = known?.regions ?? [];
  const region =
    others.length > 0
      ? await prompts.pick(
          [only ?? '', ...others].map((label) => ({ label, value: label })),
          { title: l10n.t('Which region?'), ignoreFocusOut: true },
        )
      : (only ?? (await askOption(prompts, 'region_name')));
  return region === undefined ? undefined : { ...options, region_name: region };
}

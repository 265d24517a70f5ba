import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { formOf } from '../form.ts';
import { pairsOf } from '../heatTemplate.ts';
import type { LocalManifest } from '../manifest.ts';
import { keyText, type LocalFinding, pairOf, resolved } from '../parse.ts';
import { rangeOf } from '../path.ts';
import { placeholders } from '../placeholders.ts';

/** One thing that is said of a sign-in: `project_name`, wherever it stands and however it is spelt there. */
interface Given {
  readonly key: Node;
  /** As a person finds it in the file: `OS_PROJECT_NAME`, `auth.project_name`. */
  readonly called: string;
  /** Undefined for what only a shell or a renderer knows. Never shown. */
  readonly text: string | undefined;
  readonly value: Node | undefined;
}

const secrets = ['password', 'application_credential_secret', 'token', 'client_secret', 'access_token'];
const scopes = ['project_name', 'project_id', 'tenant_name', 'tenant_id', 'domain_name', 'domain_id', 'system_scope'];
const userDomains = ['user_domain_name', 'user_domain_id', 'domain_name', 'domain_id', 'default_domain', 'default_domain_id'];
/** What an entry of a secure.yaml has nothing of. */
const describing = ['auth_url', 'username', 'user_id', 'application_credential_id', 'application_credential_name', 'region_name'];

/**
 * What is wrong with a way to sign in, in an entry of clouds.yaml or in openrc. What may come from elsewhere (secure.yaml, a profile, the environment) is not missed.
 * Source: keystoneauth, `keystoneauth1/identity/v3`, `loading/_plugins/identity/v3.py`; openstacksdk, `openstack/config/loader.py`; Keystone, "Application Credentials".
 */
export function credentialFindings(manifest: LocalManifest): readonly LocalFinding[] {
  switch (formOf(manifest)) {
    case 'cloud of clouds.yaml':
      return ofCloud(manifest);
    case 'openrc':
      return ofOpenrc(manifest);
    default:
      return [];
  }
}

function ofCloud({ root, tree, embedded, encoded }: LocalManifest): LocalFinding[] {
  const auth = resolved(pairOf(root, 'auth')?.value, tree);
  const given = new Map([...givenIn(root, ''), ...(isMap(auth) ? givenIn(auth, 'auth.') : [])]);
  const elsewhere = given.has('profile') || given.has('cloud') || !describing.some((name) => given.has(name));
  const found = [...signIn(given, pairOf(root, 'auth')?.key ?? root, elsewhere)];
  const [cert, key, cacert, verify] = ['cert', 'key', 'cacert', 'verify'].map((name) => given.get(name));
  if ((cert === undefined) !== (key === undefined))
    found.push(
      told(
        (cert ?? key)?.key,
        'warning',
        'credential.incomplete',
        'cert and key belong together: with one alone no client certificate is shown.',
      ),
    );
  if (embedded && cacert?.text !== undefined && cacert.text !== '' && !encoded)
    found.push(
      told(
        cacert.value,
        'warning',
        'credential.path',
        'This path is looked for in the Pod that reads the Secret; controllers of Cluster API and ORC read the certificate from the key cacert beside clouds.yaml.',
      ),
    );
  if (verify?.text === 'false')
    found.push(
      told(
        verify.value,
        'information',
        'credential.unverified',
        'The certificate of the cloud is not checked: anybody on the way can read the password.',
      ),
    );
  return embedded ? found : [...found, ...plainSecrets(given)];
}

/** A password in a file that describes the cloud as well; of one in secure.yaml nothing is said. */
function plainSecrets(given: ReadonlyMap<string, Given>): LocalFinding[] {
  if (!describing.some((name) => given.has(name))) return [];
  return secrets.flatMap((name) => {
    const one = given.get(name);
    if (!one?.text) return [];
    const message = `${one.called} stands in plain text in a file that is passed on easily; keep it in a secure.yaml beside it, which is merged over it.`;
    return [told(one.key, 'hint', 'credential.plain', message)];
  });
}

function ofOpenrc({ root }: LocalManifest): LocalFinding[] {
  const given = new Map(
    [...givenIn(root, '')].flatMap(([name, one]) =>
      name.startsWith('OS_') ? [[name.slice(3).toLowerCase(), one] as const] : [],
    ),
  );
  const cloud = given.get('cloud');
  const beside = ['auth_url', 'username', 'password', 'project_name']
    .map((name) => given.get(name))
    .find((one) => one !== undefined);
  if (cloud && beside) {
    const message = `OS_CLOUD takes an entry of clouds.yaml, and ${beside.called} changes a part of it: what comes of both is seldom meant.`;
    return [told(beside.key, 'warning', 'credential.mixed', message)];
  }
  return cloud ? [] : signIn(given, root, !given.has('auth_url'));
}

function givenIn(map: YAMLMap, before: string): Iterable<readonly [string, Given]> {
  return pairsOf(map).map(({ key, value }) => {
    const isText = isScalar(value) && value.value !== null && !placeholders.test(String(value.value));
    const one: Given = {
      key,
      called: `${before}${keyText(key)}`,
      text: isText ? String(value.value) : undefined,
      value: value ?? undefined,
    };
    return [keyText(key), one] as const;
  });
}

/** `elsewhere`: another file may say the rest. Without a domain the openstack command takes the one called Default; other programs give up. */
function signIn(given: ReadonlyMap<string, Given>, at: Node, elsewhere: boolean): LocalFinding[] {
  const found: LocalFinding[] = [];
  const tell = (one: Given | undefined, severity: LocalFinding['severity'], code: string, message: string) => {
    if (one) found.push(told(one.key, severity, code, message));
  };
  const [url, type] = [given.get('auth_url'), given.get('auth_type')];
  if (url?.text !== undefined && url.text !== '' && !/^https?:\/\/[^\s/]+/.test(url.text))
    found.push(
      told(
        url.value,
        'error',
        'credential.url',
        `${url.called} is the address of Keystone, such as https://keystone.example/v3.`,
      ),
    );
  else if (url?.text !== undefined && /\/v2(?:\.0)?\/?$/.test(url.text))
    found.push(
      told(
        url.value,
        'warning',
        'credential.url',
        `Keystone has no API v2 any more: ${url.called} ends in /v3, or in no version.`,
      ),
    );
  const application = given.get('application_credential_id') ?? given.get('application_credential_name');
  const isApplication = application !== undefined || given.has('application_credential_secret');
  if (isApplication && (type === undefined || /^v3applicationcredential$/.test(type.text ?? 'v3applicationcredential'))) {
    const scope = scopes.map((name) => given.get(name)).find((one) => one?.text !== undefined && one.text !== '');
    const message = `An application credential belongs to one project: with ${scope?.called} beside it Keystone refuses the sign-in.`;
    tell(type ? scope : undefined, 'error', 'credential.scope', message);
    if (!application && !elsewhere)
      tell(
        given.get('application_credential_secret'),
        'warning',
        'credential.incomplete',
        'A secret of an application credential needs its id, or its name and the user.',
      );
    if (
      !given.has('application_credential_id') &&
      given.has('application_credential_name') &&
      !given.has('username') &&
      !given.has('user_id') &&
      !elsewhere
    )
      tell(
        application,
        'error',
        'credential.incomplete',
        'The name of an application credential is only known beside its user: give username and domain, or the id.',
      );
    if (!type && !elsewhere)
      tell(
        application,
        'information',
        'credential.type',
        `The openstack command needs ${application?.called.startsWith('OS_') ? 'OS_AUTH_TYPE' : 'auth_type'} v3applicationcredential beside it; gophercloud does not.`,
      );
    return found;
  }
  if (elsewhere || (type?.text !== undefined && !/^(?:v3)?password$/.test(type.text))) return found;
  const user = given.get('username');
  const spelt = (name: string) => (user?.called.startsWith('OS_') ? `OS_${name.toUpperCase()}` : name);
  const within = (one: Given, name: string) =>
    `${one.called} is only known within a domain, and only the openstack command takes the default one: add ${spelt(name)}.`;
  if (user && !userDomains.some((name) => given.has(name)))
    tell(user, 'information', 'credential.incomplete', within(user, 'user_domain_name'));
  const project = given.get('project_name');
  if (project && !['project_domain_name', 'project_domain_id', ...userDomains.slice(2)].some((name) => given.has(name)))
    tell(project, 'information', 'credential.incomplete', within(project, 'project_domain_name'));
  if ((user || given.has('user_id')) && !url)
    found.push(told(at, 'warning', 'credential.incomplete', 'Nothing says where Keystone is: add auth_url.'));
  return found;
}

function told(node: Node | undefined, severity: LocalFinding['severity'], code: string, message: string): LocalFinding {
  return { range: node ? rangeOf(node) : { start: 0, end: 0 }, severity, code, message };
}

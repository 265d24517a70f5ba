import { commands, l10n, type TextDocument } from 'vscode';
import { objectKey } from '../explorer/keys.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import { type NamedObject, rulesPage, whoCanPage } from '../kubernetes/accessPages.ts';
import { type Access, resourceName } from '../kubernetes/accessRules.ts';
import type { ApiKind, Cluster } from '../kubernetes/cluster.ts';
import { permissionsOf } from '../kubernetes/permissions.ts';
import { whoCan } from '../kubernetes/whoCan.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { type ChooseObjectParts, chooseCluster, chooseKindOf } from './chooseObject.ts';
import { toLink } from './details.ts';

export interface WhoCanParts extends ChooseObjectParts {
  readonly documents: Documents;
}

/** A request of which another command wants to know who may make it. */
export interface AccessQuestion {
  readonly context: string;
  readonly namespace: string | undefined;
  readonly access: Access;
}

/** Where the request would be made. */
interface Scope {
  readonly cluster: Cluster;
  readonly namespace: string | undefined;
}

/** Opens a page of whom RBAC lets do something to what a row stands for, or to what is picked; bindings and roles in it lead to their rows. */
export async function openWhoCan(parts: WhoCanParts, about: Subject | AccessQuestion | undefined): Promise<void> {
  const question = about && 'access' in about ? await opened(parts, about) : await ask(parts, about);
  if (!question) return;
  const { cluster, namespace, access } = question;
  const what = [access.verb, resourceName(access), access.name].filter(Boolean).join(' ');
  let named: readonly NamedObject[] = [];
  const load = async () => {
    const page = whoCanPage(await whoCan(cluster, namespace, access), access, placeOf(question));
    named = page.named;
    return page.text;
  };
  const links = (_: TextDocument) => named.map((one) => toLink({ ...one, key: keyOf(cluster, one), noun: one.ref.kind }));
  const path = [cluster.context.name, namespace, `who can ${what.replaceAll('/', ' ')}`].filter(Boolean).join('/');
  await commands.executeCommand('vscode.open', parts.documents.provide(path, load, { links }), { preview: true });
}

/** Opens a page of the rules that hold for the user in a namespace. */
export async function openWhatMayI(parts: WhoCanParts, subject: Subject | undefined): Promise<void> {
  const inRow = subject?.of === 'namespace' ? { cluster: subject.cluster, namespace: subject.name } : undefined;
  const cluster = inRow?.cluster ?? (await chooseCluster(parts));
  const namespace = cluster && (inRow?.namespace ?? (await chooseNamespace(parts.prompts, cluster)));
  if (!cluster || namespace === undefined) return;
  const permissions = permissionsOf(cluster);
  const load = async () => {
    const [rules, who] = await Promise.all([permissions.rules(namespace), permissions.userName()]);
    if (!rules.ok) return `${rules.failure.message}\n`;
    return rulesPage(rules.value, (who.ok && who.value) || (cluster.context.user ?? '?'), placeOf({ cluster, namespace }));
  };
  const uri = parts.documents.provide(`${cluster.context.name}/${namespace}/what may I do here`, load);
  await commands.executeCommand('vscode.open', uri, { preview: true });
}

async function opened(
  { contexts, log }: WhoCanParts,
  { context, namespace, access }: AccessQuestion,
): Promise<(Scope & { readonly access: Access }) | undefined> {
  const cluster = await contexts.open(context);
  if (cluster.ok) return { cluster: cluster.value, namespace, access };
  await tell(cluster.failure, log);
  return undefined;
}

/** From the row: its kind, namespace and name; what it does not say is asked for. */
async function ask(parts: WhoCanParts, subject: Subject | undefined): Promise<(Scope & { readonly access: Access }) | undefined> {
  const known = subject && 'cluster' in subject && subject.of !== 'release' ? subject : undefined;
  const cluster = known?.cluster ?? (await chooseCluster(parts));
  if (!cluster) return undefined;
  const kind = known?.of === 'apiKind' ? known.kind : await kindOfObject(parts, cluster, known);
  if (!kind) return undefined;
  const verb = await chooseVerb(parts, kind);
  if (!verb) return undefined;
  const place = known?.of === 'object' || known?.of === 'container' ? known.ref.namespace : namespaceOf(known);
  const namespace = kind.namespaced ? (place ?? (await chooseNamespace(parts.prompts, cluster))) : undefined;
  if (kind.namespaced && namespace === undefined) return undefined;
  const name = known?.of === 'object' && verb.verb !== 'create' && verb.verb !== 'list' ? { name: known.ref.name } : {};
  return { cluster, namespace, access: { ...verb, group: kind.group, resource: kind.resource, ...name } };
}

type Known = Extract<Subject, { readonly cluster: Cluster }>;

function namespaceOf(known: Known | undefined): string | undefined {
  if (known?.of === 'namespace') return known.name;
  return known?.of === 'apiKind' ? known.namespace : undefined;
}

async function kindOfObject(parts: WhoCanParts, cluster: Cluster, known: Known | undefined): Promise<ApiKind | undefined> {
  if (known?.of !== 'object' && known?.of !== 'container')
    return chooseKindOf(parts, cluster, ({ namespaced }) => namespaced || known?.of !== 'namespace');
  const kind = await cluster.kind(known.ref.apiVersion, known.ref.kind);
  if (kind.ok) return kind.value;
  await tell(kind.failure, parts.log);
  return undefined;
}

/** What a subresource is asked with, where that is not its creation. */
const subresourceVerbs: Readonly<Record<string, string>> = {
  log: 'get',
  status: 'patch',
  scale: 'patch',
  resize: 'patch',
  approval: 'patch',
  ephemeralcontainers: 'patch',
  finalize: 'update',
};

async function chooseVerb(
  { prompts }: WhoCanParts,
  { verbs, subresources, kind }: ApiKind,
): Promise<Pick<Access, 'verb' | 'subresource'> | undefined> {
  const choices = [
    ...verbs.map((verb) => ({ label: verb, value: { verb } })),
    ...subresources.map((subresource) => {
      const verb = subresourceVerbs[subresource] ?? 'create';
      return { label: `${verb} …/${subresource}`, value: { verb, subresource } };
    }),
  ];
  return prompts.pick(choices, { title: l10n.t('{0}: who can do what?', kind) });
}

/** `in namespace shop of sandbox-admin`. */
function placeOf({ cluster, namespace }: Scope): string {
  return `${namespace === undefined ? '' : `in namespace ${namespace} `}of ${cluster.context.name}`;
}

function keyOf(cluster: Cluster, { ref: { kind, namespace, name } }: NamedObject): string {
  return objectKey({ context: cluster.context.name, group: 'rbac.authorization.k8s.io', kind, namespace, name });
}

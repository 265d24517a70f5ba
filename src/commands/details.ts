import { commands, DocumentLink, l10n, Position, Range, type TextDocument, Uri } from 'vscode';
import type { Result } from '../base/failure.ts';
import { redact } from '../base/redact.ts';
import { type IdLink, idLinks } from '../explorer/idLinks.ts';
import { chainOf } from '../explorer/keys.ts';
import type { Subject } from '../explorer/nodes.ts';
import { objectLinks } from '../explorer/objectLinks.ts';
import { type Asked, projectsOf } from '../explorer/relatedNodes.ts';
import type { Documents } from '../host/documents.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import { pointersOf } from '../relations/pointers.ts';

export interface DetailsParts {
  readonly documents: Documents;
  readonly asked: Asked;
}

/**
 * Opens a resource or an object as a read-only document, asked for anew, its secrets left out; ids and names in it lead to the trees. With `preserveFocus` the keyboard stays in the
 * tree: a click looks at one row after the other. The document's address, if there is something to open.
 */
export async function openDetails(
  { documents, asked }: DetailsParts,
  subject: Subject | undefined,
  format: 'yaml' | 'json',
  preserveFocus = false,
): Promise<Uri | undefined> {
  const page = subject && pageOf(subject, asked);
  if (!page) return undefined;
  const load = async () => {
    const value = await page.load();
    if (!value.ok) return `# ${value.failure.message}\n`;
    return format === 'yaml' ? toYaml(redact(value.value)) : `${JSON.stringify(redact(value.value), null, 2)}\n`;
  };
  const links = async (document: TextDocument) => (await page.links(document.getText())).map(toLink);
  const uri = documents.provide(`${page.path}.${format}`, load, { links });
  await commands.executeCommand('vscode.open', uri, ...(preserveFocus ? [{ preserveFocus }] : []));
  return uri;
}

interface Page {
  readonly path: string;
  load(): Promise<Result<unknown>>;
  /** What in the text leads elsewhere. */
  links(text: string): readonly IdLink[] | Promise<readonly IdLink[]>;
}

function pageOf(subject: Subject, asked: Asked): Page | undefined {
  if (subject.of === 'resource') {
    const { project, kind, resource, parent } = subject;
    const [one] = kindOf(kind).label;
    const id = idOf(kind, resource);
    const load = () => project.get(kind, id, { freshness: 'fresh', ...(parent ? { parent } : {}) });
    const named = new Map(pointersOf(kind, resource).map((pointer) => [pointer.id, pointer.to]));
    const links = (text: string) => idLinks(text, project, named);
    return { path: `${project.cloud}/${project.name}/${one} ${nameOf(kind, resource)}`, load, links };
  }
  if (subject.of !== 'object') return undefined;
  const { cluster, ref } = subject;
  const path = [cluster.context.name, ref.namespace, `${ref.kind} ${ref.name}`].filter(Boolean).join('/');
  const links = async (text: string) => objectLinks(text, cluster, await projectsOf(asked));
  return { path, load: async () => withoutBookkeeping(await cluster.get(ref)), links };
}

/** Who manages which field is the server's bookkeeping: longer than the object, and read by nobody. */
function withoutBookkeeping(object: Result<KubeObject>): Result<unknown> {
  if (!object.ok) return object;
  const { managedFields: _, ...metadata } = object.value.metadata;
  return { ok: true, value: { ...object.value, metadata } };
}

/** A run of a text as the editor's link to the row of what it names. */
export function toLink({ line, start, end, key, noun }: IdLink): DocumentLink {
  const target = Uri.parse(`command:hybridClusters.reveal?${encodeURIComponent(JSON.stringify([key]))}`);
  const link = new DocumentLink(new Range(new Position(line, start), new Position(line, end)), target);
  link.tooltip =
    chainOf(key)?.view === 'clusters' ? l10n.t('Show this {0} in Clusters', noun) : l10n.t('Show this {0} in Clouds', noun);
  return link;
}

import { commands, DocumentLink, l10n, Position, Range, type TextDocument, Uri } from 'vscode';
import type { Result } from '../base/failure.ts';
import { redact } from '../base/redact.ts';
import { resourceKey } from '../explorer/keys.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import { type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { toYaml } from './toYaml.ts';

/** Opens a resource or an object as a read-only document, asked for anew, its secrets left out; ids in it lead to the tree. */
export async function openDetails(documents: Documents, subject: Subject | undefined, format: 'yaml' | 'json'): Promise<void> {
  const page = subject && pageOf(subject);
  if (!page) return;
  const load = async () => {
    const value = await page.load();
    if (!value.ok) return `# ${value.failure.message}\n`;
    return format === 'yaml' ? toYaml(redact(value.value)) : `${JSON.stringify(redact(value.value), null, 2)}\n`;
  };
  const { project } = page;
  const uri = documents.provide(
    `${page.path}.${format}`,
    load,
    project ? { links: (document) => idLinks(document, project) } : {},
  );
  await commands.executeCommand('vscode.open', uri);
}

interface Page {
  readonly path: string;
  readonly project?: Project;
  load(): Promise<Result<unknown>>;
}

function pageOf(subject: Subject): Page | undefined {
  if (subject.of === 'resource') {
    const { project, kind, resource, parent } = subject;
    const [one] = kindOf(kind).label;
    const id = idOf(kind, resource);
    const load = () => project.get(kind, id, { freshness: 'fresh', ...(parent ? { parent } : {}) });
    return { path: `${project.cloud}/${project.name}/${one} ${nameOf(kind, resource)}`, project, load };
  }
  if (subject.of !== 'object') return undefined;
  const { cluster, ref } = subject;
  const path = [cluster.context.name, ref.namespace, `${ref.kind} ${ref.name}`].filter(Boolean).join('/');
  return { path, load: async () => withoutBookkeeping(await cluster.get(ref)) };
}

/** Who manages which field is the server's bookkeeping: longer than the object, and read by nobody. */
function withoutBookkeeping(object: Result<KubeObject>): Result<unknown> {
  if (!object.ok) return object;
  const { managedFields: _, ...metadata } = object.value.metadata;
  return { ok: true, value: { ...object.value, metadata } };
}

const field = /^\s*(?:- )?"?([\w:-]+)"?: "?([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})"?,?$/i;

/** A field that another kind's row says to hold its id (`network_id`) leads there. */
function idLinks(document: TextDocument, { cloud, region, id: project }: Project): DocumentLink[] {
  return document
    .getText()
    .split('\n')
    .flatMap((line, index) => {
      const [, name = '', id = ''] = field.exec(line) ?? [];
      const kind = kindNamedBy().get(name);
      if (!kind) return [];
      const start = line.indexOf(id);
      const key = resourceKey({ cloud, region, project, kind, id });
      const target = Uri.parse(`command:hybridClusters.reveal?${encodeURIComponent(JSON.stringify([key]))}`);
      const link = new DocumentLink(new Range(new Position(index, start), new Position(index, start + id.length)), target);
      link.tooltip = l10n.t('Show this {0} in Clouds', kindOf(kind).label[0]);
      return [link];
    });
}

/** Which kind a field names, read from the rows: whose children are found by it. */
function kindNamedBy(): ReadonlyMap<string, KindId> {
  if (namedBy.size === 0)
    for (const id of kindIds)
      for (const { where } of kindOf(id).children ?? [])
        for (const [name, source] of Object.entries(where)) if (source === 'id' && /_id$/.test(name)) namedBy.set(name, id);
  return namedBy;
}

const namedBy = new Map<string, KindId>();

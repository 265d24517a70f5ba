import { commands, DocumentLink, l10n, Range, type TextDocument, Uri, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { explainedFields, explainField } from '../kubernetes/explain.ts';
import { readSchema } from '../kubernetes/schemas.ts';
import { parseManifests } from '../manifest/manifest.ts';
import { pathAt } from '../manifest/path.ts';
import { type ChooseObjectParts, chooseCluster, chooseContext, chooseKindOf } from './chooseObject.ts';

export interface ExplainParts extends ChooseObjectParts {
  readonly documents: Documents;
  readonly bindings: Bindings;
}

/** What is explained: a field of a kind, as the server of a context knows it; what a link of an explanation hands over. */
export interface Explained {
  readonly context: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** From the object down; empty for the kind itself. */
  readonly path: readonly (string | number)[];
}

/** What a link handed over; undefined for anything else. */
export function explainedIn(what: unknown): Explained | undefined {
  if (typeof what !== 'object' || what === null || !('path' in what) || !Array.isArray(what.path)) return undefined;
  const { context, apiVersion, kind, path } = what as Record<keyof Explained, unknown> & { readonly path: readonly unknown[] };
  if (typeof context !== 'string' || typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return { context, apiVersion, kind, path: path.filter((step) => typeof step === 'string') };
}

/**
 * Opens what the server says of a field: of the row's kind, of the field under the cursor, or of one that is typed. The fields below it are links. The cluster is the one the file is bound to, else one
 * that is picked.
 */
export async function explain(parts: ExplainParts, of: Node | Explained | undefined): Promise<void> {
  const wanted = of && 'path' in of ? of : await wantedBy(parts, of);
  if (!wanted) return;
  const { context, apiVersion, kind } = wanted;
  const cluster = await parts.contexts.open(context);
  if (!cluster.ok) return tell(cluster.failure, parts.log);
  const served = await cluster.value.kind(apiVersion, kind);
  if (!served.ok) return tell(served.failure, parts.log);
  const schema = await readSchema(cluster.value, apiVersion, kind);
  if (!schema) {
    const message = `${context} publishes no schema of ${apiVersion} ${kind}, so its fields cannot be explained.`;
    return tell({ reason: 'unsupported', message }, parts.log);
  }
  const path = wanted.path.filter((step) => typeof step === 'string');
  const text = explainField(schema, wanted, path);
  if (!text.ok) return tell(text.failure, parts.log);
  const links = (document: TextDocument) =>
    explainedFields(document.getText()).map(({ line, name }) => linkTo({ ...wanted, path: [...path, name] }, line, name));
  const uri = parts.documents.provide(`${context}/${[kind, ...path].join('.')} (explained)`, () => text.value, { links });
  await commands.executeCommand('vscode.open', uri, { preview: true });
}

async function wantedBy(parts: ExplainParts, node: Node | undefined): Promise<Explained | undefined> {
  const subject = node?.row.subject;
  if (subject?.of === 'apiKind')
    return { context: subject.cluster.context.name, apiVersion: apiVersionOf(subject.kind), kind: subject.kind.kind, path: [] };
  if (subject?.of === 'object') return { context: subject.cluster.context.name, ...subject.ref, path: [] };
  return (await atCursor(parts)) ?? chosen(parts);
}

/** The field under the cursor of a manifest. */
async function atCursor(parts: ExplainParts): Promise<Explained | undefined> {
  const { document, selection } = window.activeTextEditor ?? {};
  if (!document || !selection) return undefined;
  const at = document.offsetAt(selection.active);
  const manifest = parseManifests(document.uri.toString(), document.getText()).find(
    ({ range }) => range.start <= at && at <= range.end,
  );
  const { apiVersion, kind } = manifest ?? {};
  if (!manifest || apiVersion === undefined || kind === undefined) return undefined;
  const { path } = pathAt(manifest.local.root, at - manifest.offset);
  const context = parts.bindings.of(document.uri)?.context ?? (await chooseContext(parts));
  return context === undefined ? undefined : { context, apiVersion, kind, path };
}

async function chosen(parts: ExplainParts): Promise<Explained | undefined> {
  const cluster = await chooseCluster(parts);
  const kind = cluster && (await chooseKindOf(parts, cluster, () => true));
  if (!kind) return undefined;
  const title = l10n.t('Which field of {0}? For example spec.template; nothing for all of it', kind.kind);
  const typed = await parts.prompts.text(title, '', () => undefined);
  if (typed === undefined) return undefined;
  const path = typed.split('.').map((step) => step.replace(/\[.*\]$/, '').trim());
  return {
    context: cluster.context.name,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    path: path.filter((step) => step !== ''),
  };
}

function linkTo(wanted: Explained, line: number, name: string): DocumentLink {
  const target = Uri.parse(`command:hybridClusters.explain?${encodeURIComponent(JSON.stringify([wanted]))}`);
  const link = new DocumentLink(new Range(line, 2, line, 2 + name.length), target);
  link.tooltip = l10n.t('Explain {0}', name);
  return link;
}

import { commands, DocumentLink, l10n, type TextDocument, Uri, window, workspace } from 'vscode';
import { systemClock } from '../base/clock.ts';
import type { Result } from '../base/failure.ts';
import { objectKey } from '../explorer/keys.ts';
import { clockTime, type Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { nextLookMs } from '../kubernetes/liveMetrics.ts';
import { type Bounds, boundsOfNode, mostSamples, type Resource, type Usage } from '../kubernetes/metrics.ts';
import { type Measured, readUsages } from '../kubernetes/metricsApi.ts';
import { topKey, topLines, topOf } from '../kubernetes/topTable.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { type ChooseObjectParts, chooseContext } from './chooseObject.ts';

export interface TopParts extends ChooseObjectParts {
  readonly documents: Documents;
}

interface TopTarget {
  readonly cluster: Cluster;
  readonly measured: Measured;
}

/** Opens who uses most CPU or memory as a document that is renewed while it is seen: pods of a namespace or cluster, or nodes. */
export async function top(parts: TopParts, node: Node | undefined): Promise<void> {
  const target = targetOf(node) ?? (await chooseTarget(parts));
  if (!target) return;
  const first = await readUsages(target.cluster, target.measured);
  if (!first?.ok) {
    const context = target.cluster.context.name;
    const message = l10n.t('{0} does not serve metrics.k8s.io, so what is used is not known. metrics-server serves it.', context);
    await tell(first ? first.failure : { reason: 'unsupported', message }, parts.log);
    return;
  }
  const by = await parts.prompts.pick<Resource>(
    [
      { label: l10n.t('CPU'), value: 'cpu' },
      { label: l10n.t('Memory'), value: 'memory' },
    ],
    { title: l10n.t('{0} · by what?', titleOf(target.measured)) },
  );
  if (by) await new TopDocument(parts.documents, target, by).open(first.value);
}

function targetOf(node: Node | undefined): TopTarget | undefined {
  const subject = node?.row.subject;
  if (subject?.of === 'namespace') return { cluster: subject.cluster, measured: { of: 'pods', namespace: subject.name } };
  if (subject?.of !== 'apiKind' || subject.kind.group !== '') return undefined;
  const { cluster, kind, namespace } = subject;
  if (kind.kind === 'Node') return { cluster, measured: { of: 'nodes' } };
  return kind.kind === 'Pod' && namespace !== undefined ? { cluster, measured: { of: 'pods', namespace } } : undefined;
}

async function chooseTarget(parts: ChooseObjectParts): Promise<TopTarget | undefined> {
  const context = await chooseContext(parts);
  const opened = context === undefined ? undefined : await parts.contexts.open(context);
  if (!opened?.ok) {
    if (opened) await tell(opened.failure, parts.log);
    return undefined;
  }
  const cluster = opened.value;
  const whose = await parts.prompts.pick(
    [
      { label: l10n.t('Pods of a namespace'), value: 'namespace' },
      { label: l10n.t('Pods of all namespaces'), value: 'pods' },
      { label: l10n.t('Nodes'), value: 'nodes' },
    ] as const,
    { title: l10n.t('Who uses most, on {0}?', cluster.context.name) },
  );
  if (whose === undefined) return undefined;
  if (whose !== 'namespace') return { cluster, measured: { of: whose } };
  const namespace = await chooseNamespace(parts.prompts, cluster);
  return namespace === undefined ? undefined : { cluster, measured: { of: 'pods', namespace } };
}

function titleOf(measured: Measured): string {
  if (measured.of === 'nodes') return l10n.t('Top Nodes');
  return measured.namespace === undefined ? l10n.t('Top Pods') : l10n.t('Top Pods of {0}', measured.namespace);
}

/** A document that is asked for anew at the pace of the metrics server while an editor shows it, and ends with it. */
class TopDocument {
  readonly #documents: Documents;
  readonly #target: TopTarget;
  readonly #by: Resource;
  readonly #seen = new Map<string, number[]>();
  #text = '';
  #usages: readonly Usage[] = [];

  constructor(documents: Documents, target: TopTarget, by: Resource) {
    this.#documents = documents;
    this.#target = target;
    this.#by = by;
  }

  async open(first: readonly Usage[]): Promise<void> {
    await this.#take({ ok: true, value: first });
    const uri = this.#provide();
    await commands.executeCommand('vscode.open', uri, { preview: false });
    void this.#renew(uri);
  }

  async #renew(uri: Uri): Promise<void> {
    const isOpen = () => workspace.textDocuments.some((one) => `${one.uri}` === `${uri}`);
    const isSeen = () => window.visibleTextEditors.some(({ document }) => `${document.uri}` === `${uri}`);
    const closed = new AbortController();
    const closing = workspace.onDidCloseTextDocument((one) => `${one.uri}` === `${uri}` && closed.abort());
    let tookMs = 0;
    let failures = 0;
    while (isOpen() && !closed.signal.aborted) {
      await systemClock.sleep(nextLookMs({ tookMs, same: 0, failures }), closed.signal);
      if (closed.signal.aborted || !isSeen()) continue;
      const started = Date.now();
      const answer = await readUsages(this.#target.cluster, this.#target.measured, { signal: closed.signal });
      tookMs = Date.now() - started;
      failures = answer?.ok ? 0 : failures + 1;
      await this.#take(answer);
      if (isOpen() && !closed.signal.aborted) this.#provide();
    }
    closing.dispose();
  }

  #provide(): Uri {
    const { cluster, measured } = this.#target;
    const path = `${cluster.context.name}/${titleOf(measured)} (${this.#by === 'cpu' ? 'CPU' : 'memory'})`;
    return this.#documents.provide(path, () => this.#text, { links: (document) => this.#links(document) });
  }

  async #take(answer: Result<readonly Usage[]> | undefined): Promise<void> {
    const { cluster, measured } = this.#target;
    const { name } = cluster.context;
    const title = `${titleOf(measured)} · ${name}`;
    if (!answer?.ok) {
      const why = answer ? answer.failure.message : l10n.t('{0} does not serve metrics.k8s.io any more.', name);
      this.#text = this.#text.replace(/^.*\n/, () => `${title} · ${l10n.t('not renewed: {0}', why)}\n`);
      return;
    }
    this.#usages = answer.value;
    this.#remember();
    const bounds = measured.of === 'nodes' ? await allocatable(cluster) : undefined;
    const lines = topLines({ by: this.#by, usages: this.#usages, seen: this.#seen, ...(bounds && { bounds }) });
    const asOf = this.#usages.reduce((latest, { at }) => Math.max(latest, at), 0);
    const head = l10n.t('{0} · as of {1}, renewed while it is seen', title, clockTime(asOf || Date.now()));
    this.#text = `${[head, '', ...lines].join('\n')}\n`;
  }

  /** Only those that are shown: who comes up later begins then. */
  #remember(): void {
    const shown = topOf({ by: this.#by, usages: this.#usages });
    const keys = new Set(shown.map(topKey));
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
    for (const usage of shown) {
      const key = topKey(usage);
      this.#seen.set(key, [...(this.#seen.get(key) ?? []), usage[this.#by]].slice(-mostSamples));
    }
  }

  /** Each name leads to its row. */
  #links(document: TextDocument): DocumentLink[] {
    const known = new Map(this.#usages.map((usage) => [topKey(usage), usage]));
    return Array.from({ length: document.lineCount }, (_, at) => document.lineAt(at)).flatMap((line) => {
      const [word = ''] = line.text.split(' ', 1);
      const usage = known.get(word);
      if (!usage) return [];
      const { name, namespace } = usage;
      const kind = this.#target.measured.of === 'nodes' ? 'Node' : 'Pod';
      const key = objectKey({ context: this.#target.cluster.context.name, group: '', kind, namespace, name });
      const target = Uri.parse(`command:hybridClusters.reveal?${encodeURIComponent(JSON.stringify([key]))}`);
      return [new DocumentLink(line.range.with(line.range.start, line.range.start.translate(0, word.length)), target)];
    });
  }
}

/** What is allocatable of each node; of none where nodes may not be listed. */
async function allocatable(cluster: Cluster): Promise<ReadonlyMap<string, Bounds>> {
  const nodes = await cluster.list('v1', 'Node');
  return new Map((nodes.ok ? nodes.value.items : []).map((node) => [node.metadata.name, boundsOfNode(node)]));
}

import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Kubernetes } from '../api/kubernetes.ts';
import type { KubeObject } from '../api/objects.ts';

/** What stands for `${name}` in the manifests: ids, addresses and names of what is really there. */
export type Values = Readonly<Record<string, string>>;

interface Manifest extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly status?: unknown;
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/**
 * Puts the values in. A value of several lines keeps the indentation of its place. Throws, by name, at a placeholder without a
 * value: a seed with a hole would show up as something else much later.
 */
export function fill(text: string, values: Values): string {
  return text.replace(/^([ \t]*)?(.*?)\$\{([^}]+)\}/gm, (_, indent: string | undefined, before: string, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for \${${name}}`);
    return `${indent ?? ''}${before}${value.trimEnd().replaceAll('\n', `\n${indent ?? ''}`)}`;
  });
}

/** Applies manifests through server-side apply, their status, too. */
export class Applier {
  readonly #kubernetes: Kubernetes;
  readonly #values: Values;
  readonly #resources = new Map<string, Promise<ResourceList>>();
  readonly #uids = new Map<string, string>();

  constructor(kubernetes: Kubernetes, values: Values) {
    this.#kubernetes = kubernetes;
    this.#values = values;
  }

  async applyFile(file: URL): Promise<void> {
    for (const text of readFileSync(file, 'utf8').split(/^---$/m)) await this.applyText(text);
  }

  async applyText(text: string): Promise<void> {
    const values = { ...this.#values, ...Object.fromEntries(this.#uids) };
    let filled = text;
    while (filled.includes('${')) filled = fill(filled, values);
    for (const document of parseAllDocuments(filled)) {
      const manifest = document.toJS() as Manifest | null;
      if (manifest?.kind !== undefined) await this.#apply(manifest);
    }
  }

  async #apply(manifest: Manifest): Promise<void> {
    const { status, ...object } = manifest;
    const path = await this.#pathOf(manifest);
    // a Node comes with its status, as a kubelet registers it; all others have it as a part of their own
    const whole = manifest.kind === 'Node' ? manifest : object;
    const applied = await this.#kubernetes.apply(path, whole, 'sandbox');
    this.#uids.set(`uid:${manifest.kind}/${manifest.metadata.name}`, applied.metadata.uid);
    if (status === undefined) return;
    await this.#kubernetes.patch(`${path}/status`, manifest.kind === 'Node' ? 'strategic' : 'merge', { status });
  }

  async #pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = this.#resources.get(base) ?? this.#kubernetes.get<ResourceList>(base);
    this.#resources.set(base, list);
    const resource = (await list).resources.find((candidate) => candidate.kind === kind && !candidate.name.includes('/'));
    if (resource === undefined) throw new Error(`the cluster does not know ${apiVersion} ${kind}`);
    const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${place}/${resource.name}/${metadata.name}`;
  }
}

import { commands, type Event, type Uri } from 'vscode';
import type { Binding } from '../binding/binding.ts';
import type { Bindings } from './bindings.ts';

/** What other extensions get as `exports` of `hybrid-clusters.hybrid-clusters`. A member of `v1` is a promise: a later release may add some, what breaks one comes as `v2` beside it. */
export interface HybridClustersApi {
  readonly v1: HybridClustersApiV1;
}

/** Names only: no credential and no token is behind any of it. */
export interface HybridClustersApiV1 {
  /** Of the extension, as in its package.json. */
  readonly version: string;
  /** Which cloud, region, project, context and namespace a document or folder is bound to; undefined when to nothing, and in Restricted Mode. Reads settings, contacts nobody. */
  bindingOf(uri: Uri): Binding | undefined;
  /** A binding, or what stands behind one (a clouds.yaml, a kubeconfig, a sign-in), may be another: ask anew. */
  readonly onDidChangeBindings: Event<void>;
  /** Shows a resource or an object in its tree, and says so where it is not there. A gesture: it may contact the cloud or the cluster. */
  reveal(query: ResourceQuery | ObjectQuery): Promise<void>;
}

/** A resource of the project that a document is bound to. */
export interface ResourceQuery {
  /** The address of the document, as `Uri.toString()` writes it. */
  readonly uri: string;
  /** As `compute.server`; `npm run catalog` prints all. */
  readonly kind: string;
  readonly id: string;
}

/** An object of a context. */
export interface ObjectQuery {
  readonly context: string;
  /** As in manifests: `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: it has none. */
  readonly namespace?: string;
  readonly name: string;
}

/** The interface over the bindings of this window; loads nothing. */
export function publicApi(bindings: Pick<Bindings, 'of' | 'onDidChange'>, version: string): HybridClustersApi {
  const v1: HybridClustersApiV1 = {
    version,
    bindingOf: (uri) => {
      const bound = bindings.of(uri);
      return bound && names(bound);
    },
    onDidChangeBindings: (listener, self, disposables) => bindings.onDidChange(() => listener.call(self), undefined, disposables),
    reveal: async (query) => {
      await commands.executeCommand('hybridClusters.reveal', { ...query });
    },
  };
  return { v1: Object.freeze(v1) };
}

/** Only what the interface promises, whatever else a setting holds. */
function names({ cloud, region, project, context, namespace }: Binding): Binding {
  return {
    ...(cloud !== undefined && { cloud }),
    ...(region !== undefined && { region }),
    ...(project !== undefined && { project }),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
  };
}

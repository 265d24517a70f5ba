import { type Disposable, Emitter } from '../base/event.ts';
import type { Files } from '../deploy/files/files.ts';
import { findAs, projectLookup } from '../deploy/live/projectLookup.ts';
import { type ReadableCluster, type Refused, Viewers } from '../deploy/live/viewers.ts';
import type { AskedFor, AsWhom } from '../host/answers.ts';
import type { SecretConsent } from '../host/secretConsent.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { CredentialsReference } from '../manifest/credentials.ts';
import { mayLeadToCredentials } from '../manifest/credentialsPath.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { Project } from '../openstack/project.ts';
import { editorFiles, openFolders, pathOf, watchYaml } from './editorFiles.ts';
import { WorkspaceDocuments } from './workspaceDocuments.ts';

/** What is looked through for credentials; the editor's own is the default. */
export interface CredentialFiles {
  readonly files: Files;
  readonly roots: () => readonly string[];
  readonly watch: (changed: (path: string) => void) => Disposable;
}

/** Several files that are saved at once are one change. */
const settleMs = 200;

/**
 * As whom the manifests of this window are used: the Secrets among its files, and what leads to them. Their texts stay in the memory of this process, and leave it only towards the cloud that they are for.
 */
export class WorkspaceCredentials implements AsWhom, Disposable {
  readonly #clouds: Pick<Clouds, 'openAs'>;
  readonly #documents: WorkspaceDocuments;
  readonly #refused: Refused = new WeakMap();
  readonly #changed = new Emitter<void>();
  #manifests: { readonly generation: number; readonly value: readonly Manifest[] } | undefined;
  #settling: NodeJS.Timeout | undefined;
  /** Credentials that somebody was asked with may be other than before. */
  readonly onDidChange = this.#changed.event;

  constructor(
    clouds: Pick<Clouds, 'openAs'>,
    { files, roots, watch }: CredentialFiles = { files: editorFiles, roots: openFolders, watch: watchYaml },
  ) {
    this.#clouds = clouds;
    const noticing = (changed: (path: string) => void) =>
      watch((path) => {
        changed(path);
        this.#notice();
      });
    this.#documents = new WorkspaceDocuments({ files, roots, is: mayLeadToCredentials, watch: noticing });
  }

  async find(queries: Parameters<AsWhom['find']>[0], { uri, bound, cluster }: AskedFor, signal: AbortSignal) {
    const file = pathOf(uri);
    const placed = queries.map((query) => (query.as ? { ...query, as: { ...query.as, file } } : query));
    return await findAs(bound, this.viewers(cluster), placed, signal);
  }

  async projectOf(as: CredentialsReference, { uri, bound, cluster }: AskedFor, signal: AbortSignal): Promise<Project> {
    const viewer = await this.viewers(cluster).of({ ...as, file: pathOf(uri) }, bound, signal);
    return viewer && 'project' in viewer ? viewer.project : bound;
  }

  /** Whose eyes to look with, where Secrets of a cluster may be among those that are read. */
  viewers(cluster: (wanted: boolean) => Promise<ReadableCluster | undefined>): Viewers {
    return new Viewers({ clouds: this.#clouds, manifests: () => this.#read(), cluster }, this.#refused);
  }

  /** The same for what is deployed to a cluster, or is checked beside it. */
  lookup(
    bound: Project,
    readable?: { readonly cluster: Cluster; readonly namespace: string; readonly consent: SecretConsent },
  ): ResourceLookup {
    const may = (wanted: boolean) => readable?.consent.mayRead(readable.cluster.context.name, wanted) === true;
    return projectLookup(
      bound,
      this.viewers(async (wanted) => (may(wanted) ? readable : undefined)),
    );
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#documents.dispose();
    this.#changed.dispose();
  }

  async #read(): Promise<readonly Manifest[]> {
    const found = await this.#documents.all();
    const { generation } = this.#documents;
    if (this.#manifests?.generation !== generation) {
      const value = [...found].flatMap(([file, texts]) => texts.flatMap((text) => parseManifests(file, text)));
      this.#manifests = { generation, value };
    }
    return this.#manifests.value;
  }

  #notice(): void {
    if (!this.#documents.isWanted) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(async () => {
      const before = this.#documents.generation;
      await this.#documents.all();
      if (this.#documents.generation !== before) this.#changed.fire();
    }, settleMs);
  }
}

import { listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';

const EVERY_MS = 3_000;

/**
 * The Cinder volumes behind claims in trouble, asked of the cloud every three seconds as long as one is. Found by the name that the provisioner gives them: that of the PersistentVolume, `pvc-<uid of the claim>` unless
 * somebody set another prefix (external-provisioner, `--volume-name-prefix`).
 */
export class CloudVolumes {
  readonly #project: Project | undefined;
  readonly #signal: AbortSignal;
  readonly #changed: () => void;
  readonly #found = new Map<string, { at: number; words: string | undefined }>();

  constructor(project: Project | undefined, signal: AbortSignal, changed: () => void) {
    this.#project = project;
    this.#signal = signal;
    this.#changed = changed;
  }

  /** `creating in demo`, `in-use by server 4f2… in demo`; undefined while there is none or nobody may look. */
  of(claim: KubeObject): string | undefined {
    const project = this.#project;
    if (!project?.offers('block-storage.volume')) return undefined;
    const name = textAt(claim, 'spec', 'volumeName') ?? `pvc-${claim.metadata.uid ?? ''}`;
    const known = this.#found.get(name) ?? { at: 0, words: undefined };
    this.#found.set(name, known);
    void this.#look(project, name, known);
    return known.words;
  }

  async #look(project: Project, name: string, known: { at: number; words: string | undefined }): Promise<void> {
    const now = Date.now();
    if (now - known.at < EVERY_MS || this.#signal.aborted) return;
    known.at = now;
    const list = await project.list('block-storage.volume', { where: { name }, freshness: 'fresh', signal: this.#signal });
    const volume = list.ok ? list.value.items[0] : undefined;
    const words = volume && `${wordsOf(volume)} in ${project.name}`;
    if (words === known.words || !list.ok) return;
    known.words = words;
    this.#changed();
  }
}

function wordsOf(volume: Resource): string {
  const servers = listAt(volume, 'attachments').flatMap((one) => textAt(one, 'server_id') ?? []);
  return `${String(volume['status'])}${servers.length === 0 ? '' : ` by server ${servers.join(', ')}`}`;
}

import { type Disposable, Emitter, type Event } from '../base/event.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Project } from '../openstack/project.ts';

/** What the user has opened in this window: only there is the other world of a row looked for. */
export class Opened implements Disposable {
  readonly #projects = new Map<string, Project>();
  readonly #clusters = new Map<string, Cluster>();
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  /** One entry for each project, by whichever cloud it was opened last. */
  get projects(): readonly Project[] {
    return [...this.#projects.values()];
  }

  get clusters(): readonly Cluster[] {
    return [...this.#clusters.values()];
  }

  addProject(project: Project): void {
    this.#add(this.#projects, `${project.region ?? ''} ${project.id}`, project);
  }

  addCluster(cluster: Cluster): void {
    this.#add(this.#clusters, cluster.context.name, cluster);
  }

  /** Forgets the projects of a cloud that was signed out of: whoever asked one of them would sign in again. */
  leave(cloud: string): void {
    for (const [key, project] of this.#projects) if (project.cloud === cloud) this.#projects.delete(key);
    this.#changed.fire();
  }

  /** Forgets what the files no longer name. */
  clear(world: 'projects' | 'clusters'): void {
    (world === 'projects' ? this.#projects : this.#clusters).clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#projects.clear();
    this.#clusters.clear();
    this.#changed.dispose();
  }

  #add<T>(known: Map<string, T>, key: string, one: T): void {
    if (known.get(key) === one) return;
    known.set(key, one);
    this.#changed.fire();
  }
}

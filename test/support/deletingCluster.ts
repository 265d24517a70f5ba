import { failed, type Result, success } from '../../src/base/failure.ts';
import type { Cluster, KubeObject, ObjectRef, Selection } from '../../src/kubernetes/cluster.ts';
import { keyOf, titleOf } from '../../src/kubernetes/objectKey.ts';
import { FakeCluster } from './fakeCluster.ts';

/**
 * A cluster in memory that deletes as an API server does: only the object with the uid that was named, and one with finalizers stays, marked, until nothing holds it.
 * Each deletion is a request, `delete v1/ConfigMap shop/a`.
 */
export class DeletingCluster extends FakeCluster {
  /** What a controller does when an object that it holds is to be deleted: true lets it go. */
  release: (object: KubeObject) => boolean = () => true;

  /** Several objects at once, as YAML documents parsed elsewhere: served and stored. */
  putAll(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      this.serve(object);
      this.put(object);
    }
  }

  override async list(apiVersion: string, kind: string, selection: Selection = {}): ReturnType<Cluster['list']> {
    const listed = await super.list(apiVersion, kind, selection);
    if (!listed.ok || selection.labelSelector === undefined) return listed;
    const label = selection.labelSelector;
    return success({
      ...listed.value,
      items: listed.value.items.filter(({ metadata }) => metadata.labels?.[label] !== undefined),
    });
  }

  override async delete(ref: ObjectRef, options: Parameters<Cluster['delete']>[1] = {}): Promise<Result<void>> {
    const how = options.propagation === undefined || options.propagation === 'Background' ? '' : ` ${options.propagation}`;
    this.requests.push(`delete ${keyOf(ref)}${how}`);
    const found = await this.get(ref);
    if (!found.ok) return found;
    const { uid, finalizers } = found.value.metadata;
    if (options.uid !== undefined && options.uid !== uid)
      return failed('conflict', `${titleOf(ref)}: the UID in the precondition does not match`, { status: 409 });
    if (!Array.isArray(finalizers) || finalizers.length === 0 || this.release(found.value)) return super.delete(ref);
    this.put({ ...found.value, metadata: { ...found.value.metadata, deletionTimestamp: '2026-11-21T12:00:00Z' } });
    return success(undefined);
  }

  /** The writes so far, dry runs and inventories apart; then forgets them. */
  writes(): string[] {
    const written = this.requests.filter((request) => /^(apply (?!dry )|delete )/.test(request));
    this.requests.length = 0;
    return written.filter((request) => !request.includes('hybrid-clusters-set-'));
  }
}

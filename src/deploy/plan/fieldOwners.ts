import { field, isFields, listAt, type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';

/** Our name in managedFields. A promise: changing it would orphan every field applied so far. */
export const FIELD_MANAGER = 'hybrid-clusters';

/**
 * Holds `spec.replicas` between us and an autoscaler that has not written yet. A promise like `hybrid-clusters`: it stands in managedFields. Source: Kubernetes documentation, Server-Side Apply,
 * "Transferring ownership".
 */
export const SCALE_MANAGER = 'hybrid-clusters-scale';

/** Whether what a manager holds is ours: nobody else is asked about it. */
export function isOurManager(manager: string): boolean {
  return manager === FIELD_MANAGER || manager === SCALE_MANAGER;
}

/** One manager that holds a field: its name, and whether it applied the field or wrote it by an update (then a later apply of another does not take it away). */
export interface FieldOwner {
  readonly manager: string;
  readonly applied: boolean;
}

/** Who holds a field of mappings (`['spec', 'replicas']`) of a live object with its managedFields. Source: API reference, meta/v1 ManagedFieldsEntry, FieldsV1. */
export function ownersOfField(live: KubeObject, path: Path): readonly FieldOwner[] {
  const steps = path.map((step) => `f:${step}`);
  return listAt(live, 'metadata', 'managedFields').flatMap((entry) =>
    isFields(field(entry, 'fieldsV1', ...steps))
      ? [{ manager: textAt(entry, 'manager') ?? '', applied: textAt(entry, 'operation') === 'Apply' }]
      : [],
  );
}

/** Whether leaving the scale out of what we apply would take it away. */
export function isScaleOursAlone(live: KubeObject): boolean {
  const owners = ownersOfField(live, ['spec', 'replicas']);
  const mine = ({ manager, applied }: FieldOwner) => manager === FIELD_MANAGER && applied;
  return owners.some(mine) && owners.every(mine);
}

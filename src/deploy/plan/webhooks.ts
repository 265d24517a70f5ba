import { fieldsAt, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { selects } from '../../kubernetes/labelSelector.ts';
import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';
import { podTemplateLabels } from '../../kubernetes/podTemplate.ts';

/** Whether an object configures admission webhooks. */
export function isWebhook(object: KubeObject): boolean {
  return /^admissionregistration\.k8s\.io\/(Validating|Mutating)WebhookConfiguration$/.test(groupKind(object));
}

/** The workloads that answer for a webhook configuration: those whose pods its Services select. */
export function backendOf(
  webhook: KubeObject,
  service: (named: { readonly namespace: string; readonly name: string }) => KubeObject | undefined,
  workloads: readonly KubeObject[],
): KubeObject[] {
  const found = listAt(webhook, 'webhooks').flatMap((one) => {
    const name = textAt(one, 'clientConfig', 'service', 'name');
    const namespace = textAt(one, 'clientConfig', 'service', 'namespace');
    return (name !== undefined && namespace !== undefined && service({ namespace, name })) || [];
  });
  return workloads.filter((workload) => found.some((one) => isBehind(workload, one)));
}

function isBehind(workload: KubeObject, service: KubeObject): boolean {
  const matchLabels = fieldsAt(service, 'spec', 'selector');
  if (Object.keys(matchLabels).length === 0 || workload.metadata.namespace !== service.metadata.namespace) return false;
  return selects({ matchLabels }, podTemplateLabels(workload));
}

/**
 * Whether a webhook configuration has a say in an object that is created, and refuses it while nobody answers for it. A rule for every group counts for none: what the webhook's own backend needs would be
 * among it, and only a try can tell. Selectors of namespaces are not looked at: to wait without need does no harm.
 * Source: Kubernetes, "Dynamic Admission Control": "Matching requests: rules", "objectSelector", "failurePolicy".
 */
export function intercepts(
  webhook: KubeObject,
  object: KubeObject,
  definitions: ReadonlyMap<string, KubeObject> = new Map(),
): boolean {
  if (isWebhook(object)) return false;
  const group = groupOf(object.apiVersion);
  const resource = resourceOf(object, definitions);
  return listAt(webhook, 'webhooks').some(
    (one) =>
      textAt(one, 'failurePolicy') !== 'Ignore' &&
      selects(fieldsAt(one, 'objectSelector'), object.metadata.labels) &&
      listAt(one, 'rules').some((rule) => {
        const [groups, resources, operations] = ['apiGroups', 'resources', 'operations'].map((name) => listAt(rule, name));
        return (
          groups?.includes(group) &&
          ['*', '*/*', resource].some((word) => resources?.includes(word)) &&
          ['*', 'CREATE'].some((word) => operations?.includes(word))
        );
      }),
  );
}

/** The resource of a kind: as its definition of this deploy says, else guessed as Kubernetes itself does it (apimachinery, `meta.UnsafeGuessKindToResource`). */
function resourceOf(object: KubeObject, definitions: ReadonlyMap<string, KubeObject>): string {
  const said = textAt(definitions.get(groupKind(object)), 'spec', 'names', 'plural');
  const word = object.kind.toLowerCase();
  if (said !== undefined) return said;
  if (word.endsWith('endpoints')) return word;
  return word.endsWith('s') ? `${word}es` : word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
}

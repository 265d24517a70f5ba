import { fieldsAt } from '../base/fields.ts';
import { mayEmbed } from './embedded.ts';
import type { ManifestObject } from './manifest.ts';

/** What an object of a kind that is there in great numbers must show for any rule to have a word about it. */
const marks: Readonly<Record<string, (object: ManifestObject) => boolean>> = {
  'v1 ConfigMap': (object) => mayEmbed('v1 ConfigMap', object),
  'v1 Secret': (object) => mayEmbed('v1 Secret', object) || !('type' in object) || object['type'] === 'Opaque',
  'v1 Service': ({ metadata, spec }) =>
    /openstack|external-dns/.test(Object.keys(fieldsAt(metadata, 'annotations')).join()) || 'loadBalancerIP' in fieldsAt(spec),
  'apps/v1 Deployment': (object) => /openstack|designate|magnum|cinder|manila|cloud-config|OS_/i.test(JSON.stringify(object)),
};

/**
 * Whether any rule may have a word to say about an object. Far cheaper than writing and reading its text, and false for nearly all of a cluster's Services, ConfigMaps and
 * Deployments; of kinds of which there are few, true.
 */
export function mayMatter(object: ManifestObject): boolean {
  return marks[`${object.apiVersion} ${object.kind}`]?.(object) ?? true;
}

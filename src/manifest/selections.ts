import { isMap, isScalar, type Node, type Pair } from 'yaml';
import { field, fieldsAt, isFields, textsAt } from '../base/fields.ts';
import type { LabelSelector } from '../kubernetes/labelSelector.ts';
import { groupOf } from '../kubernetes/objectKey.ts';
import { podSpecPaths, podTemplateLabels } from '../kubernetes/podTemplate.ts';
import type { Range } from './finding.ts';
import { sharedJson } from './json.ts';
import type { LocalManifest } from './manifest.ts';
import { keyText, type LocalFinding, pairOf } from './parse.ts';
import { nodeAt, type Path, rangeAt } from './path.ts';
import { placeholders } from './placeholders.ts';
import { isPatch } from './schema/required.ts';

/** Pods that an object is about: the selector, and where it stands. Counted from the document's start. */
export interface Selection {
  readonly selector: LabelSelector;
  readonly range: Range;
}

/** Where kinds say which pods of their namespace they are about. A selector without conditions selects all, so that nothing is to be asked. */
const places: Readonly<Record<string, { readonly at: Path; readonly plain?: true }>> = {
  '/Service': { at: ['spec', 'selector'], plain: true },
  'networking.k8s.io/NetworkPolicy': { at: ['spec', 'podSelector'] },
  'policy/PodDisruptionBudget': { at: ['spec', 'selector'] },
};

/** The groups that Kubernetes serves itself, and those whose objects make no pods: whatever is of another may make some. */
const withoutPods =
  /^$|^(?:apps|batch|policy|autoscaling|extensions)$|\.k8s\.io$|(?:^|\.)cluster\.x-k8s\.io$|^openstack\.k-orc\.cloud$|^kustomize\.config\.k8s\.io$/;

/** Which pods a manifest is about. Undefined for other kinds, without conditions, and where something in them is still to be put in. */
export function selectionOf(manifest: LocalManifest, object: unknown): Selection | undefined {
  const { apiVersion = '', kind, root, tree, document } = manifest;
  const place = places[`${groupOf(apiVersion)}/${kind}`];
  if (!place || document.template) return undefined;
  const value = fieldsAt(object, ...place.at);
  const selector: LabelSelector = place.plain ? { matchLabels: value } : value;
  const text = JSON.stringify(selector);
  if (Object.values(value).every((one) => isFields(one) && Object.keys(one).length === 0) || placeholders.test(text))
    return undefined;
  return { selector, range: rangeAt(root, place.at, tree, 'key') };
}

/** What is known of the pods that come of a manifest: their labels, `any` where nobody can tell; undefined where none do. */
export type PodLabels = Readonly<Record<string, string>> | 'any';

export function podLabelsOf(
  { apiVersion = '', kind = '', document }: LocalManifest,
  object: Readonly<Record<string, unknown>>,
): PodLabels | undefined {
  if (podSpecPaths[`${apiVersion}/${kind}`] === undefined) return withoutPods.test(groupOf(apiVersion)) ? undefined : 'any';
  const named = { ...object, apiVersion, kind, metadata: { name: '', ...fieldsAt(object, 'metadata') } };
  if (document.template || placeholders.test(JSON.stringify(podTemplateLabels(named)))) return 'any';
  return podTemplateLabels(named);
}

const [matched, podLabels] = ['spec.selector.matchLabels', 'spec.template.metadata.labels'];

/** Whether each pair of the second mapping, of texts, stands in the first one word by word. */
function holdsAll(map: Node | undefined, wanted: Node | undefined): boolean {
  if (!isMap(map) || !isMap(wanted)) return false;
  return (wanted.items as Pair<Node>[]).every(({ key, value }) => {
    const other = pairOf(map, keyText(key))?.value;
    return isScalar(value) && isScalar(other) && typeof value.value === 'string' && value.value === other.value;
  });
}

const ownSelector = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/**
 * A workload whose selector does not select the pods of its own template: the API server refuses it. Source: kubernetes/kubernetes, `pkg/apis/apps/validation/validation.go`
 * ("`selector` does not match template `labels`").
 */
export function ownSelectorFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const { apiVersion, kind, root, tree, document } = manifest;
  if (apiVersion !== 'apps/v1' || !ownSelector.has(kind ?? '') || document.template) return [];
  // Nearly always they are the same words.
  if (holdsAll(nodeAt(root, podLabels, tree), nodeAt(root, matched, tree))) return [];
  const json = sharedJson(root, tree);
  if (!json.ok) return [];
  const wanted = textsAt(json.value, 'spec', 'selector', 'matchLabels');
  const template = field(field(json.value, 'spec'), 'template');
  const [labels, written] = [textsAt(template, 'metadata', 'labels'), fieldsAt(template, 'metadata', 'labels')];
  // A patch says of either no more than what it changes.
  if (!isFields(field(field(template, 'metadata'), 'labels')) || isPatch(manifest)) return [];
  return Object.entries(wanted).flatMap(([key, value]): LocalFinding[] => {
    const has = labels[key];
    // What is no text is told as that.
    if (has === value || (has === undefined && key in written) || placeholders.test(`${has} ${value}`)) return [];
    const path = ['spec', 'selector', 'matchLabels', key];
    const there = has === undefined ? 'has no such label' : `has ${key}: ${has}`;
    const message = `The pods of this ${kind} are selected by ${key}: ${value}, and their template ${there}; the API server refuses that.`;
    return [{ range: rangeAt(root, path, tree), severity: 'error', code: 'object.ownSelector', message }];
  });
}

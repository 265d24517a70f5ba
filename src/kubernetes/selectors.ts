import type { ApiKind, Selection, TableRow } from './cluster.ts';
import { factsOf } from './kinds.ts';

/** What a server is asked to narrow a list by, or in one sentence why what was typed is none. */
export type Selector =
  | { readonly ok: true; readonly selection: Pick<Selection, 'labelSelector' | 'fieldSelector'> }
  | { readonly ok: false; readonly sentence: string };

type Kind = Pick<ApiKind, 'group' | 'kind' | 'namespaced'>;

/**
 * Fields beside `metadata.name` and `metadata.namespace` by which a server narrows a kind. Source: Kubernetes, `AddFieldLabelConversionFunc` of each group (pkg/apis/…/conversion.go), and
 * "Field Selectors".
 */
const fields: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [
    'status.phase',
    'spec.nodeName',
    'status.podIP',
    'spec.serviceAccountName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.hostNetwork',
    'status.nominatedNodeName',
  ],
  '/Event': [
    'type',
    'reason',
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reportingComponent',
    'source',
  ],
  '/Secret': ['type'],
  '/Node': ['spec.unschedulable'],
  '/Namespace': ['status.phase'],
  '/Service': ['spec.type', 'spec.clusterIP'],
  '/ReplicationController': ['status.replicas'],
  'batch/Job': ['status.successful'],
  'certificates.k8s.io/CertificateSigningRequest': ['spec.signerName'],
};

/** The fields that a kind can be narrowed by, as far as they are known. */
export function fieldsOf({ group, kind, namespaced }: Kind): readonly string[] {
  return [...(fields[`${group}/${kind}`] ?? []), 'metadata.name', ...(namespaced ? ['metadata.namespace'] : [])];
}

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Reads `app=web,tier in (front,back),!canary,status.phase=Running`: conditions on labels as kubectl's `-l` takes them, and on fields of the kind, in one line. Source: Kubernetes,
 * "Labels and Selectors", "Field Selectors".
 */
export function selectorOf(typed: string, kind: Kind): Selector {
  const labels: string[] = [];
  const chosen: string[] = [];
  for (const term of termsOf(typed)) {
    if (term === '') return wrong('Between two commas stands a condition: app=web,tier=front.');
    const field = fieldIn(term, kind);
    const [list, text] = field === undefined ? [labels, labelTerm(term)] : [chosen, fieldTerm(term, field, kind)];
    if (typeof text !== 'string') return wrong(text.sentence);
    list.push(text);
  }
  return {
    ok: true,
    selection: {
      ...(labels.length > 0 && { labelSelector: labels.join(',') }),
      ...(chosen.length > 0 && { fieldSelector: chosen.join(',') }),
    },
  };
}

/** The conditions of a line: commas in parentheses do not part them. Empty for an empty line. */
export function termsOf(typed: string): readonly string[] {
  return typed.trim() === '' ? [] : typed.split(/,(?![^(]*\))/).map((term) => term.trim());
}

/** `app=web · 12` as completions: the labels of some rows with how many have them, what is shared by all of them last, since it narrows nothing. */
export function labelsSeen(
  rows: readonly Pick<TableRow, 'object'>[],
): readonly { readonly label: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { object } of rows)
    for (const [key, value] of Object.entries(object.metadata.labels ?? {}))
      counts.set(`${key}=${value}`, (counts.get(`${key}=${value}`) ?? 0) + 1);
  const narrows = (count: number) => (count < rows.length ? 0 : 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort(
      (one, other) => narrows(one.count) - narrows(other.count) || other.count - one.count || (one.label < other.label ? -1 : 1),
    );
}

const wrong = (sentence: string) => ({ ok: false, sentence }) as const;

/** The field that a condition is on: one that is known, or a path as labels seldom have. */
function fieldIn(term: string, kind: Kind): string | undefined {
  const [, key = ''] = /^([^=!\s]+)\s*(?:=|!=)/.exec(term) ?? [];
  return fieldsOf(kind).includes(key) || /^(?:metadata|spec|status|involvedObject)\.[^/]+$/.test(key) ? key : undefined;
}

function fieldTerm(term: string, field: string, kind: Kind): string | { readonly sentence: string } {
  const known = fieldsOf(kind);
  // A definition names fields of its own ("Selectable fields"), which discovery does not tell.
  if (!known.includes(field) && factsOf(kind).under !== 'Custom resources')
    return { sentence: `${kind.kind} cannot be narrowed by ${field}; it can by ${known.join(', ')}.` };
  const [, sign = '', value = ''] = /^[^=!\s]+\s*(==|=|!=)\s*(.*)$/.exec(term) ?? [];
  return `${field}${sign}${value}`;
}

function labelTerm(term: string): string | { readonly sentence: string } {
  const [, not = '', bare = ''] = /^(!?)\s*([^\s=!<>()]+)$/.exec(term) ?? [];
  if (bare !== '') return keyTrouble(bare) ?? `${not}${bare}`;
  const [, key, sign = '', value = ''] = /^([^\s=!<>()]+)\s*(==|=|!=)\s*(.*)$/.exec(term) ?? [];
  if (key !== undefined) return keyTrouble(key) ?? valueTrouble(value) ?? `${key}${sign}${value}`;
  const [, set, word = '', list = ''] = /^([^\s=!<>()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term) ?? [];
  if (set === undefined)
    return { sentence: `"${term}" is no condition. Write app=web, app!=web, app in (web,api), app notin (web), app or !app.` };
  const values = list.split(',').map((one) => one.trim());
  const trouble = keyTrouble(set) ?? values.map(valueTrouble).find((one) => one !== undefined);
  return trouble ?? `${set} ${word} (${values.join(',')})`;
}

function keyTrouble(key: string): { readonly sentence: string } | undefined {
  const [first = '', second, ...more] = key.split('/');
  const fits = second === undefined ? name.test(first) : subdomain.test(first) && name.test(second) && more.length === 0;
  if (fits) return undefined;
  return {
    sentence: `"${key}" cannot be the name of a label: letters, digits, "-", "_" and ".", at most 63, a domain and "/" before it.`,
  };
}

function valueTrouble(value: string): { readonly sentence: string } | undefined {
  if (value === '' || name.test(value)) return undefined;
  return { sentence: `"${value}" cannot be the value of a label: letters, digits, "-", "_" and ".", at most 63, no space.` };
}

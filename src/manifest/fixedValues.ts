import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { orcKinds } from '../openstack/kinds/orcKinds.ts';
import { formOf } from './form.ts';
import type { LocalManifest } from './manifest.ts';
import { keyText, type LocalFinding } from './parse.ts';
import { withParts } from './parts.ts';
import { findAll, rangeOf } from './path.ts';
import { placeholders } from './placeholders.ts';
import { holds } from './references.ts';
import type { FixedValue, FixedValues, Otherwise } from './rule.ts';
import { autoscalerFindings, autoscalerValues } from './rules/autoscaler.ts';
import { bareMetalHostFindings } from './rules/bareMetalHost.ts';
import { cinderValues } from './rules/cinderCsi.ts';
import { cloudConfValues } from './rules/cloudConf.ts';
import { cloudConfConflicts } from './rules/cloudConfConflicts.ts';
import { controlPlaneFindings, controlPlaneValues } from './rules/controlPlane.ts';
import { credentialFindings } from './rules/credentialFindings.ts';
import { credentialValues } from './rules/credentials.ts';
import { csiSidecarValues } from './rules/csiSidecars.ts';
import { deadAnnotations } from './rules/deadAnnotations.ts';
import { externalDnsFindings, externalDnsValues } from './rules/externalDns.ts';
import { gardenerSecretFindings } from './rules/gardenerSecret.ts';
import { heatTemplateFindings } from './rules/heatTemplate.ts';
import { heatValues } from './rules/heatValues.ts';
import { keystoneAuthFindings, keystoneAuthValues } from './rules/keystoneAuth.ts';
import { manilaCsiValues } from './rules/manilaCsi.ts';
import { metal3Values } from './rules/metal3.ts';
import { occmValues } from './rules/occm.ts';
import { octaviaIngressValues } from './rules/octaviaIngress.ts';
import { orcReferenceFindings } from './rules/orcReferences.ts';
import { ovnLimits } from './rules/ovnLimits.ts';
import { plainSecrets } from './rules/plainSecrets.ts';
import { portSecurityFindings } from './rules/portSecurity.ts';
import { prometheusValues } from './rules/prometheus.ts';
import { serviceConflicts } from './rules/serviceConflicts.ts';
import { veleroValues } from './rules/velero.ts';

const tables: readonly FixedValues[] = [
  occmValues,
  ...cloudConfValues,
  ...cinderValues,
  ...csiSidecarValues,
  ...manilaCsiValues,
  ...octaviaIngressValues,
  ...veleroValues,
  ...metal3Values,
  ...heatValues,
  ...credentialValues,
  ...keystoneAuthValues,
  ...autoscalerValues,
  ...controlPlaneValues,
  ...externalDnsValues,
  ...prometheusValues,
];

/** The forms (see `formOf`) of the manifests that {@link fixedFindings} has something to say about. */
export const fixedForms: readonly string[] = [
  ...tables.map((row) => row.in),
  'core.openstack.org/v1beta1 OpenStackControlPlane',
  'v1 Service',
  'apps/v1 Deployment',
  'v1 Secret',
  'core.openstack.org/v1beta1 OpenStackControlPlane',
  ...Object.keys(orcKinds).map((kind) => `openstack.k-orc.cloud/v1alpha1 ${kind}`),
];

const byForm = Map.groupBy(tables, (row) => row.in);

/**
 * What is wrong with a manifest without asking anybody: values that a controller replaces silently by its default, keys that it does not know, values that are no text (the
 * API server refuses those), settings that exclude each other, ids where names of
 * objects belong.
 */
export function fixedFindings(manifest: LocalManifest): readonly LocalFinding[] {
  let found: LocalFinding[] | undefined;
  for (const one of withParts(manifest)) {
    found = added(found, tableFindings(one));
    for (const check of ofParts) found = added(found, check(one));
  }
  // A default may be used in many places, and is one value all the same.
  if (found) found = [...new Map(found.map((one) => [`${one.code} ${one.range.start} ${one.message}`, one])).values()];
  for (const check of ofManifests) found = added(found, check(manifest));
  return found ?? nothing;
}

type Check = (manifest: LocalManifest) => readonly LocalFinding[];
const nothing: readonly never[] = [];

/** Asked of a manifest and of each of its parts, and of a manifest as a whole. */
const ofParts: readonly Check[] = [ovnLimits, cloudConfConflicts, credentialFindings, keystoneAuthFindings];
const ofManifests: readonly Check[] = [
  serviceConflicts,
  deadAnnotations,
  plainSecrets,
  portSecurityFindings,
  orcReferenceFindings,
  externalDnsFindings,
  gardenerSecretFindings,
  heatTemplateFindings,
  autoscalerFindings,
  bareMetalHostFindings,
  controlPlaneFindings,
];

/** Most manifests have nothing wrong: no list is made for them. */
function added(found: LocalFinding[] | undefined, more: readonly LocalFinding[]): LocalFinding[] | undefined {
  if (more.length === 0) return found;
  return found ? [...found, ...more] : [...more];
}

function tableFindings(one: LocalManifest): readonly LocalFinding[] {
  const rows = byForm.get(formOf(one) ?? '');
  if (!rows) return nothing;
  return rows
    .filter((row) => holds(row.when ?? {}, one))
    .flatMap((row) =>
      findAll(one.root, row.at, one.tree).flatMap(({ node }) =>
        isMap(node) ? pairsOf(node).flatMap((pair) => findingsFor(row, pair, one)) : [],
      ),
    );
}

function pairsOf(map: YAMLMap): readonly Pair<Node, Node | null>[] {
  return map.items as Pair<Node, Node | null>[];
}

function findingsFor(row: FixedValues, { key, value }: Pair<Node, Node | null>, { defaults }: LocalManifest): LocalFinding[] {
  const name = keyText(key);
  const known = row.keys[name];
  if (!known) return row.own.test(name) ? unknownKey(row, name, key) : [];
  if (!isScalar(value) || value.value === null) return [];
  const range = rangeOf(value);
  const text = row.typed && typeof value.value !== 'string' ? String(value.value) : value.value;
  if (typeof text !== 'string') {
    const message = `${article(row.called)} is a text: write "${value.source}" in quotes, or the API server refuses this ${row.in.split(' ')[1]}.`;
    const fixes = [{ title: `Write "${value.source}"`, newText: `"${value.source}"`, preferred: true }];
    return [{ range, severity: 'error', code: `${row.called}.notText`, message, fixes }];
  }
  if (text === '' || placeholders.test(text)) return [];
  const otherwise = known.otherwise ?? row.otherwise ?? { said: 'counts as not set', severity: 'warning' };
  const wrong = wrongValue(name, text, known, otherwise);
  const isMild = defaults?.has(value) || (!row.typed && known.integer !== undefined && /^[+-]?\d+$/.test(text));
  const severity = isMild ? 'warning' : otherwise.severity;
  return wrong === undefined ? [] : [{ range, severity, code: `${row.called}.value`, message: wrong }];
}

/** More words than these are not read in a sentence. */
const mostListed = 12;

function wrongValue(name: string, value: string, known: FixedValue, { said }: Otherwise): string | undefined {
  const field = name.slice(name.lastIndexOf('/') + 1);
  const { words, integer, truth, duration } = known;
  const otherwise = `"${value}" ${said}.`;
  if (words && !words.includes(value) && words.length > mostListed) {
    const near = words.find((word) => distanceAtMostTwo(word, value));
    return `${field}: ${otherwise}${near === undefined ? '' : ` Did you mean "${near}"?`}`;
  }
  if (words && !words.includes(value)) return `${field} takes ${words.map((word) => `"${word}"`).join(', ')}; ${otherwise}`;
  if (truth && !/^(?:true|yes|on|1|false|no|off|0)$/i.test(value)) return `${field} takes true or false; ${otherwise}`;
  if (duration && !goDuration.test(value)) return `${field} takes a duration with its unit, such as 5s or 1m30s; ${otherwise}`;
  if (!integer) return undefined;
  const number = Number(value);
  if (!/^[+-]?\d+$/.test(value)) return `${field} takes a whole number; ${otherwise}`;
  const { from, to = Number.POSITIVE_INFINITY } = integer;
  return number < from || number > to
    ? `${field} takes ${to === Number.POSITIVE_INFINITY ? `${from} or more` : `${from} to ${to}`}.`
    : undefined;
}

/** Source: Go, `time.ParseDuration`. */
const goDuration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function unknownKey({ called, reader, keys, shared, meant = {} }: FixedValues, name: string, key: Node): LocalFinding[] {
  const last = (text: string) => text.slice(text.lastIndexOf('/') + 1);
  const near = meant[name] ?? Object.keys(keys).find((one) => distanceAtMostTwo(last(one), last(name)));
  if (shared && near === undefined) return [];
  const meaning = near ? ` Did you mean "${near}"?` : '';
  const message = `${reader} knows no ${called} "${name}", so it does nothing.${meaning}`;
  return [{ range: rangeOf(key), severity: 'warning', code: `${called}.unknown`, message }];
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `An ${noun}` : `A ${noun}`;
}

function distanceAtMostTwo(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 2) return false;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1));
    row = next;
  }
  return (row.at(-1) ?? 3) <= 2;
}

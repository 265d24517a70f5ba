import { field, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf, titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Written } from '../files/written.ts';
import type { Prepared } from './gate.ts';
import type { Edge } from './order.ts';
import { refOf } from './prepare.ts';
import type { Rank, Ranking } from './ranks.ts';

/** An annotation of another engine that names what comes first or afterwards. */
interface NamingRow {
  readonly edges: (all: readonly Prepared[]) => readonly Edge[];
}

/** An annotation of another engine that gives objects a number: those of a lower one come first. */
interface RankRow {
  /** The annotations, for the place of what is said of one. */
  readonly annotations: readonly string[];
  /** Objects of different scopes do not wait for each other. */
  readonly scope: (one: Prepared) => string;
  /** Undefined: it waits for none, and none for it. */
  readonly rank: (object: KubeObject, isUpgrade: boolean) => Rank | undefined;
  readonly until: Ranking['until'];
  readonly words: (rank: Rank) => string;
}

const WAVE = 'argocd.argoproj.io/sync-wave';
const ARGO_HOOK = 'argocd.argoproj.io/hook';
const HELM_HOOK = 'helm.sh/hook';
const HELM_WEIGHT = 'helm.sh/hook-weight';
const WERF_WEIGHT = 'werf.io/weight';
const WERF_DEPENDENCY = 'werf.io/deploy-dependency-';
const KAPP_GROUP = 'kapp.k14s.io/change-group';
const KAPP_RULE = 'kapp.k14s.io/change-rule';
const FLUX_KINDS = /^(?:kustomize\.toolkit\.fluxcd\.io\/Kustomization|helm\.toolkit\.fluxcd\.io\/HelmRelease)$/;

/**
 * Sources: Carvel kapp, "Apply Ordering" (of its rules those of `upsert` and `upserting`; groups without `{placeholders}`); werf, "Deployment order" and nelm, reference (`werf.io/deploy-dependency-<id>`: what is
 * not said of the other one does not matter); Flux, `Kustomization` and `HelmRelease`, `spec.dependsOn`: Flux itself waits, so the other one is only sent first.
 */
const naming: readonly NamingRow[] = [{ edges: kappEdges }, { edges: werfEdges }, { edges: fluxEdges }];

/** Before what a chart is made of, that itself, behind it. */
const [FIRST, BEFORE, MAIN, BEHIND] = [-1, 0, 1, 2];
const PHASES = ['PreSync', 'Sync', 'PostSync'];

/**
 * Sources: Argo CD, "Sync Phases and Waves" (what comes before must be healthy; zero by default); Helm, "Chart Hooks" (each waits for the one before to be over; what comes behind the chart waits until it is sent,
 * not until it works: it may need those very hooks), and of Helm 2 `crd-install`; werf, "Deployment order" (a weight orders the chart itself, too, and what has dependencies of its own goes by those).
 */
const ranks: readonly RankRow[] = [
  {
    annotations: [ARGO_HOOK, WAVE],
    scope: () => '',
    rank: (object) => {
      const hooks = wordsOf(object, ARGO_HOOK);
      const phase = PHASES.findIndex((name) => hooks.includes(name));
      return [phase < 0 ? 1 : phase, numberOf(object, WAVE) ?? 0];
    },
    until: () => 'ready',
    words: ([phase = 1, wave = 0]) =>
      phase === 1 ? `sync wave ${wave}` : `${PHASES[phase]}${wave === 0 ? '' : ` of wave ${wave}`}`,
  },
  {
    annotations: [HELM_HOOK, HELM_WEIGHT, WERF_WEIGHT],
    scope: ({ written }) => written.chart?.folder ?? '',
    rank: (object, isUpgrade) => {
      if (annotationsOf(object).some(([name]) => name.startsWith(WERF_DEPENDENCY))) return undefined;
      const stage = stageOf(wordsOf(object, HELM_HOOK), isUpgrade);
      return [stage, numberOf(object, WERF_WEIGHT) ?? (stage === MAIN ? undefined : numberOf(object, HELM_WEIGHT)) ?? 0];
    },
    until: ([stage], [next]) => (stage === MAIN && next === BEHIND ? 'present' : 'ready'),
    words: ([stage, weight]) =>
      weight === 0 ? stageWords(stage) : `${stage === MAIN ? '' : `${stageWords(stage)} of `}weight ${weight}`,
  },
];

function stageOf(hooks: readonly string[], isUpgrade: boolean): number {
  if (hooks.includes('crd-install')) return FIRST;
  const occasions = isUpgrade ? ['upgrade', 'install'] : ['install', 'upgrade'];
  for (const occasion of occasions) {
    if (hooks.includes(`pre-${occasion}`)) return BEFORE;
    if (hooks.includes(`post-${occasion}`)) return BEHIND;
  }
  return MAIN;
}

function stageWords(stage: number | undefined): string {
  return stage === MAIN ? 'the rest' : stage === BEHIND ? 'post hooks' : stage === FIRST ? 'crd-install' : 'pre hooks';
}

/**
 * What the annotations of other engines say of the order: who is named as coming first, as edges; and who has which number, as rankings, which give way to every reference (`inRanks`).
 * `isUpgrade`: the set was deployed before, so that of a Helm hook that is for both occasions that of an upgrade counts.
 */
export function orderOfOthers(
  objects: readonly Prepared[],
  isUpgrade: boolean,
): { readonly edges: readonly Edge[]; readonly rankings: readonly Ranking[] } {
  const edges = naming.flatMap((row) => row.edges(objects));
  const rankings = ranks.flatMap((row) => {
    const { annotations, until, words } = row;
    const said = objects.filter(({ object }) => annotations.some((name) => annotationOf(object, name) !== undefined));
    const scopes = new Set(said.map(row.scope));
    return [...scopes].map((scope): Ranking => {
      const of = new Map<string, Rank>();
      for (const one of objects) {
        const rank = row.scope(one) === scope ? row.rank(one.object, isUpgrade) : undefined;
        if (rank) of.set(one.key, rank);
      }
      return { of, until, words, said: new Set(said.map(({ key }) => key)) };
    });
  });
  return { edges, rankings };
}

/** A finding for each object that goes out earlier than its number says. */
export function movedFindings(
  moved: readonly { readonly key: string; readonly for: string; readonly from: string; readonly to: string }[],
  objects: readonly Prepared[],
): Finding[] {
  const byKey = new Map(objects.map((one) => [one.key, one]));
  return moved.flatMap(({ key, for: needed, from, to }) => {
    const [one, other] = [byKey.get(key), byKey.get(needed)];
    if (!one || !other) return [];
    const [name] = ranks.flatMap(({ annotations }) => annotations.filter((text) => annotationOf(one.object, text) !== undefined));
    const { file, range } = one.written.placeOf(['metadata', 'annotations', ...(name === undefined ? [] : [name])]);
    const message = `${titleOf(refOf(one.object))} goes out with ${to} rather than with ${from}, as it is annotated: ${titleOf(refOf(other.object))} needs it then.`;
    return [{ file, range, severity: 'information', code: 'deploy.orderCut', message }];
  });
}

/** Of the objects those that are hooks for other occasions than a deploy, and a word about each. Sources: Helm, "Chart Hooks"; Argo CD, "Sync Phases and Waves". */
export function withoutOtherHooks(written: readonly Written[]): {
  readonly written: readonly Written[];
  readonly findings: readonly Finding[];
} {
  const left = written.filter(({ object }) => isOtherHelmHook(object) || isOtherArgoHook(object));
  const findings = left.map(({ object, placeOf }): Finding => {
    const name = isOtherHelmHook(object) ? HELM_HOOK : ARGO_HOOK;
    const { file, range } = placeOf(['metadata', 'annotations', name]);
    const message = `${object.kind} ${object.metadata.name} is left out, since it is a hook for another occasion (${annotationOf(object, name)}).`;
    return { file, range, severity: 'information', code: 'render.hookLeftOut', message };
  });
  return { written: left.length === 0 ? written : written.filter((one) => !left.includes(one)), findings };
}

/** Whether an object is a hook of Helm that is neither for an installation nor for an upgrade: for tests, deletions, roll backs. */
export function isOtherHelmHook(object: KubeObject): boolean {
  const hooks = wordsOf(object, HELM_HOOK);
  return hooks.length > 0 && !hooks.some((hook) => /^(?:pre|post)-(?:install|upgrade)$|^crd-install$/.test(hook));
}

function isOtherArgoHook(object: KubeObject): boolean {
  const hooks = wordsOf(object, ARGO_HOOK);
  return hooks.includes('Skip') || (hooks.length > 0 && !hooks.some((hook) => PHASES.includes(hook)));
}

function kappEdges(all: readonly Prepared[]): Edge[] {
  const groups = new Map<string, string[]>();
  for (const { key, object } of all)
    for (const group of valuesOf(object, KAPP_GROUP)) groups.set(group, [...(groups.get(group) ?? []), key]);
  return all.flatMap(({ key, object }) =>
    valuesOf(object, KAPP_RULE).flatMap((rule) => {
      const [, side, group = ''] = /^upsert (after|before) upserting (\S+)$/.exec(rule) ?? [];
      const others = (groups.get(group) ?? []).filter((other) => other !== key);
      return others.map((other): Edge => {
        const [from, first] = side === 'after' ? [key, other] : [other, key];
        return { from, key: first, until: 'ready', soft: false, why: `${KAPP_RULE}: ${rule}` };
      });
    }),
  );
}

function werfEdges(all: readonly Prepared[]): Edge[] {
  return all.flatMap((one) =>
    annotationsOf(one.object)
      .filter(([name]) => name.startsWith(WERF_DEPENDENCY))
      .flatMap(([name, value]) => werfDependency(one, name, value, all)),
  );
}

/** `state=ready,kind=Deployment,name=db`; one that names nothing is none. */
function werfDependency({ key, object }: Prepared, name: string, value: string, all: readonly Prepared[]): Edge[] {
  const said = new Map(value.split(',').map((part) => part.split('=', 2).map((word) => word.trim()) as [string, string]));
  if (!Object.keys(namesOf(object)).some((word) => said.has(word))) return [];
  const until = said.get('state') === 'present' ? 'present' : 'ready';
  return all
    .filter((other) => other.key !== key)
    .filter((other) => Object.entries(namesOf(other.object)).every(([word, text]) => (said.get(word) ?? text) === text))
    .map((other): Edge => ({ from: key, key: other.key, until, soft: false, why: name }));
}

function fluxEdges(all: readonly Prepared[]): Edge[] {
  const byName = new Map(
    all
      .filter(({ object }) => FLUX_KINDS.test(groupKind(object)))
      .map(({ key, object }) => [fluxName(object, object.metadata.namespace, object.metadata.name), { key, object }]),
  );
  return [...byName.values()].flatMap(({ key, object }) =>
    listAt(object, 'spec', 'dependsOn').flatMap((named): Edge[] => {
      const namespace = textAt(named, 'namespace') ?? object.metadata.namespace;
      const other = byName.get(fluxName(object, namespace, textAt(named, 'name')));
      return other ? [{ from: key, key: other.key, until: 'present', soft: true, why: 'dependsOn of Flux' }] : [];
    }),
  );
}

const fluxName = (object: KubeObject, namespace: string | undefined, name: string | undefined) =>
  `${groupKind(object)} ${namespace}/${name}`;

function namesOf({ apiVersion, kind, metadata }: KubeObject): Readonly<Record<string, string>> {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return { kind, group: groupOf(apiVersion), version, name: metadata.name, namespace: metadata.namespace ?? '' };
}

/** The annotations that are texts: what somebody wrote otherwise is refused by the server, not here. */
function annotationsOf(object: KubeObject): [string, string][] {
  return Object.entries(object.metadata.annotations ?? {}).filter(([, value]) => typeof value === 'string');
}

function annotationOf(object: KubeObject, name: string): string | undefined {
  return textAt(field(object, 'metadata'), 'annotations', name);
}

/** The values of an annotation and of those with its name and a suffix: `change-rule`, `change-rule.db`. */
function valuesOf(object: KubeObject, name: string): string[] {
  return annotationsOf(object).flatMap(([text, value]) => (text === name || text.startsWith(`${name}.`) ? [value.trim()] : []));
}

function wordsOf(object: KubeObject, name: string): string[] {
  return (annotationOf(object, name) ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function numberOf(object: KubeObject, name: string): number | undefined {
  const text = annotationOf(object, name)?.trim();
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

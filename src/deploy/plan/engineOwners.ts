import type { Result } from '../../base/failure.ts';
import { field } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { controllerStateOf } from '../../kubernetes/controllerStates.ts';
import type { GroupObject } from '../../kubernetes/objectActions.ts';
import { groupOf } from '../../kubernetes/objectKey.ts';
import { engineMarks, type Mark } from '../../relations/ownerMarks.ts';
import { readObject } from '../../relations/readObjects.ts';
import type { Blocker, Step } from '../types.ts';
import type { Verified } from './dryRun.ts';
import { refOf } from './prepare.ts';

/** What a plan becomes where another engine keeps some of its objects. */
export interface Respected {
  /** As before; objects whose engine is halted, or cannot be found, say so as a warning. */
  readonly verified: readonly Verified[];
  /** One for each engine's object whose objects the plan would change: the plan is shown, and does not go out. */
  readonly blockers: readonly Blocker[];
}

/** The objects of a plan that bear the same mark of an engine. */
interface Claim {
  readonly engine: 'Flux' | 'Argo CD';
  readonly mark: Mark;
  readonly named: GroupObject;
  readonly steps: readonly Step[];
}

/**
 * Recognises by the marks of Flux and Argo CD on the live objects what such an engine keeps, and refuses to fight it: whoever applies beside an engine is put back by its next look. Nothing is asked of the
 * cluster where nothing bears a mark; else one object (of Argo CD one list) for each engine's object. An engine that is halted (`spec.suspend`, `syncPolicy.automated.enabled: false`) fights nobody, and
 * neither does one that is not there any more: both become warnings. One that may not be asked is believed.
 * Sources: Flux, "Kustomization", "HelmRelease"; Argo CD, "Resource Tracking", "Automated Sync Policy".
 */
export async function respectEngines(verified: readonly Verified[], cluster: Cluster): Promise<Respected> {
  const claims = claimsOf(verified.map(({ step }) => step));
  if (claims.length === 0) return { verified, blockers: [] };
  const judged = await Promise.all(claims.map((claim) => judge(claim, verified.length, cluster)));
  const blockers = judged.flatMap(({ blocker }) => blocker ?? []);
  const warnings = new Map(judged.flatMap(({ warning, keys }) => (warning ? [...keys].map((key) => [key, warning]) : [])));
  const refused = new Set(judged.flatMap(({ blocker, keys }) => (blocker ? [...keys] : [])));
  return { verified: verified.map((one) => retold(one, refused, warnings.get(one.step.key))), blockers };
}

/** The conflict with the engine's field manager is told by the engine's own blocker; other troubles of the object stay. */
function retold({ step, blocker }: Verified, refused: ReadonlySet<string>, warning: string | undefined): Verified {
  const told = warning === undefined ? step : { ...step, warnings: [...step.warnings, warning] };
  const isSaid = refused.has(step.key) && step.action === 'conflict';
  return blocker === undefined || isSaid ? { step: told } : { step: told, blocker };
}

function claimsOf(steps: readonly Step[]): readonly Claim[] {
  const claims = new Map<string, Claim & { readonly steps: Step[] }>();
  for (const step of steps) {
    for (const { engine, mark } of engineMarks) {
      const named = step.live && mark.names(step.live);
      if (!named) continue;
      const key = nameOf(named);
      const claim = claims.get(key) ?? { engine, mark, named, steps: [] };
      claim.steps.push(step);
      claims.set(key, claim);
    }
  }
  return [...claims.values()];
}

interface Judged {
  readonly keys: ReadonlySet<string>;
  readonly blocker?: Blocker;
  readonly warning?: string;
}

async function judge({ engine, mark, named, steps }: Claim, of: number, cluster: Cluster): Promise<Judged> {
  const found = await ownerOf(cluster, mark, named, steps);
  const owner = found.ok ? found.value : undefined;
  const kept = steps.flatMap((step) => {
    const said = step.live && mark.says({ object: step.live, owner, life: step.action === 'prune' });
    return said ? [{ step, said }] : [];
  });
  const changing = kept.filter(({ step: { action } }) => action !== 'unchanged' && action !== 'skip');
  const keys = new Set(changing.map(({ step }) => step.key));
  const [first] = changing;
  if (!first) return { keys };
  const name = owner
    ? nameOf({ ...named, namespace: owner.metadata.namespace ?? named.namespace, name: owner.metadata.name })
    : nameOf(named);
  const { context } = cluster;
  if (!found.ok && found.failure.reason === 'notFound')
    // a label that Helm charts set, too, proves nothing by itself
    return mark.find && !isTracked(first.step)
      ? { keys }
      : {
          keys,
          warning: `it bears the marks of ${name} of ${engine}, which is not on ${context.name}; if another cluster's ${engine} keeps it, this will be put back`,
        };
  if (!found.ok && mark.find && !isTracked(first.step)) return { keys };
  if (owner && isHalted(owner)) return { keys, warning: `kept by ${name} of ${engine}. ${first.said.follows}` };
  const state = owner
    ? stateOf(owner)
    : `its state could not be read: ${found.ok ? '' : found.failure.message.replace(/\.$/, '')}`;
  const count = kept.length === of ? (of === 1 ? 'The object' : `All ${of} objects`) : `${kept.length} of ${of} objects`;
  const verb = kept.length === 1 ? 'is' : 'are';
  const message = `${count} on ${context.name} ${verb} kept by ${name} of ${engine} (${state}). ${first.said.follows} So this is a plan only. ${first.said.instead}`;
  const ref = owner ? refOf(owner) : undefined;
  return { keys, blocker: { message, step: first.step.key, ...(ref ? { engine: ref } : { engine: refNamed(named) }) } };
}

function ownerOf(cluster: Cluster, mark: Mark, named: GroupObject, [first]: readonly Step[]): Promise<Result<KubeObject>> {
  return mark.find && first?.live ? mark.find(cluster, first.live) : readObject(cluster, named);
}

/** Whether the object names its Application in the annotation that only Argo CD writes. */
const isTracked = ({ live }: Step) => live?.metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined;

/** Halted by somebody on purpose: it applies nothing until somebody starts it again. */
function isHalted({ spec }: KubeObject): boolean {
  return field(spec, 'suspend') === true || field(spec, 'syncPolicy', 'automated', 'enabled') === false;
}

function stateOf(owner: KubeObject): string {
  const state = controllerStateOf({ group: groupOf(owner.apiVersion), kind: owner.kind }, owner);
  const words = state?.words.slice(0, 2) ?? [];
  return words.every((word) => word === 'Unknown') ? 'no state told yet' : words.join(', ');
}

/** Which version is served is not known where it cannot be read; the kinds of Flux and Argo CD have had these since they are stable. */
function refNamed({ group, kind, name, namespace }: GroupObject): ObjectRef {
  const version = group === 'argoproj.io' ? 'v1alpha1' : group.startsWith('helm.') ? 'v2' : 'v1';
  return { apiVersion: `${group}/${version}`, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function nameOf({ kind, namespace, name }: GroupObject): string {
  return `${kind} ${[namespace, name].filter(Boolean).join('/')}`;
}

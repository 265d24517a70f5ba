import { l10n } from 'vscode';
import { type Asked, projectsOf } from '../explorer/relatedNodes.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { type Doing, lossesOf } from '../relations/losses.ts';
import { type ObjectOwner, objectOwnersOf } from '../relations/objectOwners.ts';
import type { ObjectTarget } from './actOnObject.ts';
import { type OwnTarget, ownButtons } from './ownStep.ts';

/** What is about to be done to objects: what is touched (`life`, or paths of fields) and what goes with it. */
export interface Touching {
  readonly touches?: readonly string[];
  readonly doing?: Doing;
}

/** What a change meets with, told in lines. */
export interface Consequences {
  readonly lines: readonly string[];
  /** Servers, data or whole applications are lost. */
  readonly grave: boolean;
  /** What can be done to the owners instead, by the titles of the buttons. */
  readonly instead: ReadonlyMap<string, OwnTarget>;
}

/** Of many objects, so many are asked about. */
const mostAsked = 8;

/**
 * Who undoes a change of these objects, when, what to do instead, and what is lost with them. An object that cannot be read has no consequences that could be told; the change itself
 * will say why.
 */
export async function consequencesOf(
  asked: Asked | undefined,
  { touches = [], doing }: Touching,
  targets: readonly ObjectTarget[],
): Promise<Consequences> {
  if (touches.length === 0) return { lines: [], grave: false, instead: new Map() };
  const projects = asked && doing ? await projectsOf(asked) : [];
  const told = await Promise.all(
    targets.slice(0, mostAsked).map(async ({ cluster, ref }) => {
      const object = await cluster.get(ref);
      if (!object.ok) return { lines: [], grave: false, steps: [] };
      const [{ owners, failures }, losses] = await Promise.all([
        objectOwnersOf(cluster, object.value, touches),
        doing ? lossesOf(cluster, object.value, doing, projects) : { lines: [], grave: false },
      ]);
      const steps = owners.flatMap(({ acts }) => acts.map((act) => ({ word: act.word, target: { cluster, ref: act.ref } })));
      const unknown = failures.map(({ message }) => l10n.t('Who owns it could not be asked everywhere: {0}', message));
      return { lines: [...owners.map(ownerLine), ...losses.lines, ...unknown], grave: losses.grave, steps };
    }),
  );
  const lines = told.flatMap((one, at) => {
    const of = targets.length > 1 ? `${targets[at]?.ref.name}: ` : '';
    return one.lines.map((line) => `${of}${line}`);
  });
  return {
    lines: [...new Set(lines)],
    grave: told.some(({ grave }) => grave),
    instead: ownButtons(targets.length === 1 ? told.flatMap(({ steps }) => steps) : []),
  };
}

/** `Owned by Kustomization flux-system/apps. Flux will put this back within 10 m. Better: …`. */
export function ownerLine({ name, follows, instead }: ObjectOwner): string {
  return instead === ''
    ? l10n.t('Owned by {0}. {1}', name, follows)
    : l10n.t('Owned by {0}. {1} Better: {2}', name, follows, instead);
}

/** The owners of an object of which these fields change, as lines, and their own steps. */
export async function ownersOfFields(
  target: ObjectTarget,
  object: KubeObject,
  touches: readonly string[],
): Promise<Pick<Consequences, 'lines' | 'instead'>> {
  const { owners } = await objectOwnersOf(target.cluster, object, touches);
  const steps = owners.flatMap(({ acts }) =>
    acts.map((act) => ({ word: act.word, target: { cluster: target.cluster, ref: act.ref } })),
  );
  return { lines: owners.map(ownerLine), instead: ownButtons(steps) };
}

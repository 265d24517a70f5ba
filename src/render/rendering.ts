import type { Result } from '../base/failure.ts';
import type { Rendered } from './rendered.ts';
import type { Renderers } from './renderers.ts';

/** Something of the user's that is rendered before it is applied: an overlay, a chart with its values, a Flux Kustomization that puts in variables. */
export interface Rendering {
  readonly kind: 'kustomize' | 'helm' | 'flux';
  /** How it is called in sentences: the folder of an overlay, the values file of a chart, the file of a Flux Kustomization. */
  readonly name: string;
  /** The file that stands for all of it: where something is told that no line can be found for. */
  readonly entry: string;
  /** True where nobody said what it is to be rendered with, so that it may be meant to be rendered otherwise. */
  readonly isGuess?: boolean;
  /** Whose binding counts: that of the first which is bound. */
  readonly places: readonly string[];
  /** Text of each file it is made of, the outermost first. */
  readonly sources: ReadonlyMap<string, string>;
  /** Those of them that are looked at as rendered only: what others, too, are made of, and what is no manifest by itself. */
  readonly parts: ReadonlySet<string>;
  /** Fails with `notFound` when the program for it is not there, `unsupported` when it would load something from elsewhere, `invalid` with the program's words when it refuses. */
  render(renderers: Renderers, signal?: AbortSignal): Promise<Result<Rendered>>;
}

import { pipeline } from 'node:stream/promises';
import { success } from '../base/failure.ts';
import { saveFile } from '../base/savedFile.ts';
import type { Allowed } from '../deploy/plan/decide.ts';
import type { PlanRequest } from '../deploy/plan/plan.ts';
import type { Request } from './commandLine.ts';

/** How long what works is watched on: long enough to see a container die at once, short enough for a pipeline. */
export const STABILITY_MS = 1_000;

/** The set that was named, and whether what it no longer holds goes. */
export function setAskedFor({
  set,
  prune,
}: { readonly set?: string | undefined } & Pick<Request, 'prune'>): Pick<PlanRequest, 'set'> {
  return set === undefined ? {} : { set: { names: [set], partial: false, prune: prune ? 'ask' : 'off' } };
}

/** What the command line says may be made anew, taken over or left to others, and that missing namespaces may be made. */
export function allowedBy({
  recreate,
  takeOver,
  keepTheirs,
  createNamespace,
}: Pick<Request, 'recreate' | 'takeOver' | 'keepTheirs' | 'createNamespace'>): Allowed {
  return {
    ...(createNamespace ? { namespaces: 'all' } : {}),
    ...(recreate ? { recreate: 'all' } : {}),
    ...(takeOver ? { takeOver: 'all' } : {}),
    ...(keepTheirs ? { keepTheirs: 'all' } : {}),
  };
}

/** Writes the report of a run. One that cannot be written changes nothing about the run, and is told. */
export async function writeReport(file: string, texts: readonly string[], tell: (text: string) => void): Promise<void> {
  const written = await saveFile(file, async (open) => {
    await pipeline(texts, open());
    return success(undefined);
  });
  if (!written.ok) tell(written.failure.message);
}

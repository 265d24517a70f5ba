import { fileURLToPath } from 'node:url';
import { kubectl } from '../kubectl.ts';
import type { Scene } from './inWindow.ts';

/** One kind of each engine by which its definitions are known to be there. */
const known = { flux: 'kustomizations.kustomize.toolkit.fluxcd.io', argo: 'applications.argoproj.io' } as const;

/** Plays where the kinds of an engine are defined; they are taken away again unless they were there before. */
export async function withDefinitions({ sandbox }: Scene, engine: keyof typeof known, play: () => Promise<void>): Promise<void> {
  const definitions = fileURLToPath(new URL(`../../fixtures/controllers/${engine}.yaml`, import.meta.url));
  const had = await kubectl(sandbox, 'get', 'crd', known[engine], '--ignore-not-found', '-o', 'name');
  if (had === '') await kubectl(sandbox, 'apply', '--server-side', '-f', definitions);
  try {
    await kubectl(sandbox, 'wait', '--for=condition=Established', `crd/${known[engine]}`, '--timeout=60s');
    await play();
  } finally {
    if (had === '') await kubectl(sandbox, 'delete', '-f', definitions, '--ignore-not-found', '--wait=false');
  }
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planStatusOf } from '../../src/cli/printed.ts';
import type { Plan } from '../../src/deploy/types.ts';

describe('what a plan means for the shell', () => {
  const table = `
    steps            blockers      plan  apply
    unchanged        -             0     0
    update           -             2     2
    update           wrong         5     5
    update           kept          2     4
    update           kept,wrong    5     5
    -                wrong         5     5`;
  const engine = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', namespace: 'flux-system', name: 'shop' };
  for (const line of table.trim().split('\n').slice(1)) {
    const [steps = '', blockers = '', plan, apply] = line.trim().split(/\s+/);
    const words = (text: string) => text.split(',').filter((word) => word !== '-');
    const made = {
      steps: words(steps).map((action) => ({ action })),
      blockers: words(blockers).map((word) => ({ message: word, ...(word === 'kept' ? { engine } : {}) })),
    } as unknown as Plan;
    test(line.trim(), () => assert.deepEqual([planStatusOf(made, false), planStatusOf(made, true)].map(String), [plan, apply]));
  }
});

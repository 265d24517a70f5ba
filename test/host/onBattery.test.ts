/** Whether the machine lives on its battery, from what the kernel or `pmset` says. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { onBattery } from '../../src/host/onBattery.ts';

const nobody = async () => assert.fail('nothing is run here');

/** `AC: type Mains, online 0`, a line for each supply, as the files of the kernel. */
async function onLinux(supplies: string): Promise<boolean | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'power-'));
  try {
    for (const line of supplies.split('\n').filter(Boolean)) {
      const [name = '', files = ''] = line.trim().split(': ');
      mkdirSync(join(folder, name));
      for (const [file = '', ...words] of files.split(', ').map((one) => one.split(' ')))
        writeFileSync(join(folder, name, file), `${words.join(' ')}\n`);
    }
    return await onBattery({ platform: 'linux', supplies: folder, pmset: nobody });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('Linux: what charges is on, or a battery runs down; a mouse does not count', async () => {
  const cases: readonly (readonly [supplies: string, is: boolean | undefined])[] = [
    ['AC: type Mains, online 1\nBAT0: type Battery, status Charging', false],
    ['AC: type Mains, online 0\nBAT0: type Battery, status Discharging', true],
    ['AC: type Mains, online 0\nUSBC: type USB, online 1\nBAT0: type Battery, status Not charging', false],
    ['BAT0: type Battery, status Discharging\nBAT1: type Battery, status Unknown', true],
    ['BAT0: type Battery, status Full', false],
    ['BAT0: type Battery, status Unknown', undefined],
    ['mouse: type Battery, status Discharging, scope Device', undefined],
    ['AC: type Mains, online 1', false],
    ['', undefined],
  ];
  for (const [supplies, is] of cases) assert.equal(await onLinux(supplies), is, supplies);
  assert.equal(await onBattery({ platform: 'linux', supplies: '/none', pmset: nobody }), undefined);
});

test('macOS: as pmset says; Windows, and a pmset that does not answer, say nothing', async () => {
  const mac = (text: string) => onBattery({ platform: 'darwin', supplies: '', pmset: async () => text });
  assert.equal(
    await mac("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t88%; discharging; 4:01 remaining\n"),
    true,
  );
  assert.equal(await mac("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t100%; charged\n"), false);
  assert.equal(await mac('something else'), undefined);
  const broken = async () => Promise.reject(new Error('no pmset'));
  assert.equal(await onBattery({ platform: 'darwin', supplies: '', pmset: broken }), undefined);
  assert.equal(await onBattery({ platform: 'win32', supplies: '', pmset: nobody }), undefined);
});

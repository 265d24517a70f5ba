import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where it is looked, and what is run: a test hands over others. */
export interface PowerPlaces {
  readonly platform: NodeJS.Platform;
  /** The folder of the kernel with one folder for each supply. */
  readonly supplies: string;
  /** What `pmset -g batt` prints. */
  readonly pmset: () => Promise<string>;
}

const here: PowerPlaces = {
  platform: process.platform,
  supplies: '/sys/class/power_supply',
  pmset: async () => (await promisify(execFile)('/usr/bin/pmset', ['-g', 'batt'], { timeout: 2_000 })).stdout,
};

/** Whether this machine lives on its battery now, of which the editor tells nothing; undefined where that cannot be known: another system, no battery, no answer. */
export async function onBattery(places: PowerPlaces = here): Promise<boolean | undefined> {
  if (places.platform === 'linux') return ofKernel(places.supplies);
  if (places.platform !== 'darwin') return undefined;
  const told = await places.pmset().catch(() => '');
  const [, source] = /^Now drawing from '([^']+)'/m.exec(told) ?? [];
  return source === undefined ? undefined : source === 'Battery Power';
}

/** Source: Linux, Documentation/ABI/testing/sysfs-class-power: `type`, `online` of what charges, `status` of a battery, `scope` of one that is in a mouse. */
async function ofKernel(folder: string): Promise<boolean | undefined> {
  const names = await readdir(folder).catch(() => []);
  const read = (name: string, file: string) =>
    readFile(join(folder, name, file), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
  const supplies = await Promise.all(
    names.map(async (name) => {
      const [type, online, status, scope] = await Promise.all(
        ['type', 'online', 'status', 'scope'].map((file) => read(name, file)),
      );
      return { isBattery: type === 'Battery', online, status, scope };
    }),
  );
  const own = supplies.filter(({ scope }) => scope !== 'Device');
  const batteries = own.filter(({ isBattery }) => isBattery);
  if (own.some(({ isBattery, online }) => !isBattery && online === '1')) return false;
  if (batteries.some(({ status }) => status === 'Discharging')) return true;
  return batteries.some(({ status }) => status === 'Charging' || status === 'Full') ? false : undefined;
}

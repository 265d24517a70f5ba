import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import type { Place } from './place.ts';

/** Why the sandbox cannot run on this machine: a word to branch on, a sentence to read. */
export interface Obstacle {
  readonly code: 'notLinux' | 'notDebian12' | 'notRoot' | 'noDisk' | 'noPorts';
  readonly sentence: string;
}

/** What is still to be fetched, each with its size in words. */
export interface Missing {
  readonly packages: boolean;
  readonly controlPlane: boolean;
}

const PACKAGES = {
  what: 'OpenStack (14 services) and MariaDB from Debian packages, through apt-get',
  size: 'up to 190 MB to fetch, 670 MB installed',
};
const CONTROL_PLANE = {
  what: 'Kubernetes 1.36 with etcd and kwok, built from Go modules',
  size: '0.6 GB of modules, 3 GB of build cache, 0.45 GB of programs, 6 to 8 minutes on 2 cores when nothing is cached',
};
/** Free space needed, in GiB: to build everything, and to run what is built. */
const DISK_TO_BUILD = 6;
const DISK_TO_RUN = 1;

/** Lines that say what `up` is going to install; empty when everything is there. */
export function announcement({ packages, controlPlane }: Missing): string[] {
  const parts = [...(packages ? [PACKAGES] : []), ...(controlPlane ? [CONTROL_PLANE] : [])];
  return parts.length === 0 ? [] : ['This installs:', ...parts.map(({ what, size }) => `  - ${what} (${size})`)];
}

/** The first thing in the way, or undefined. Looks at the machine only; changes nothing. */
export async function findObstacle(place: Place, missing: Missing): Promise<Obstacle | undefined> {
  const system = systemObstacle(
    platform(),
    existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
    process.getuid?.(),
  );
  return system ?? (await diskObstacle(place, missing));
}

/** Pure half of {@link findObstacle}: from the platform, the text of /etc/os-release and the user's id. */
export function systemObstacle(system: string, release: string, uid: number | undefined): Obstacle | undefined {
  if (system !== 'linux') {
    return {
      code: 'notLinux',
      sentence: `The sandbox needs Debian 12; this is ${system}. Run it in a virtual machine or a container with Debian 12.`,
    };
  }
  const debian = /^ID=debian$/m.test(release) && /^VERSION_ID="?12"?$/m.test(release);
  if (!debian) {
    const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1] ?? `an unknown system (${arch()})`;
    return {
      code: 'notDebian12',
      sentence: `The sandbox needs Debian 12, whose packages it installs; this is ${name}. Run it in a container with Debian 12.`,
    };
  }
  if (uid !== 0)
    return {
      code: 'notRoot',
      sentence: 'The sandbox installs packages and must be run as root; this user is not. Run it with sudo or in a container.',
    };
  return undefined;
}

async function diskObstacle(place: Place, missing: Missing): Promise<Obstacle | undefined> {
  const needed = missing.controlPlane || missing.packages ? DISK_TO_BUILD : DISK_TO_RUN;
  const folder = existsSync(place.home) ? place.home : '.';
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / 2 ** 30;
  if (free >= needed) return undefined;
  return {
    code: 'noDisk',
    sentence: `The sandbox needs ${needed} GiB of free disk; ${folder} has ${free.toFixed(1)}. Make room and run "up" again.`,
  };
}

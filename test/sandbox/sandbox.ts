/**
 * The sandbox: a real OpenStack and a real Kubernetes control plane on this machine, seeded as one hybrid cluster.
 *
 * usage: sandbox.ts up [--keep] | status | reset | down
 *
 * Exit status: 0 done (status: up), 1 failed, 3 status: not up, 64 wrong usage, 69 this machine cannot hold it, 75 another run is at work, 130 interrupted.
 * The last line on stderr says why.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { claim, release } from './claim.ts';
import { findPlace, type Place, type SandboxEnvironment } from './place.ts';
import { stopPrograms } from './program.ts';
import { Progress } from './progress.ts';
import { CannotRun, down, isUp, reset, status, up } from './verbs.ts';

const VERBS: Readonly<Record<string, (place: Place, flags: ReadonlySet<string>) => Promise<number>>> = {
  up: (place, flags) => alone(place, async (progress) => show(await up(place, progress, flags.has('--keep')))),
  reset: (place) => alone(place, async (progress) => show(await reset(place, progress))),
  down: (place) =>
    alone(place, async (progress) => {
      await down(place, progress);
      progress.say('down');
    }),
  status: async (place) => {
    for (const line of status(place)) console.log(line);
    return isUp(place) ? 0 : 3;
  },
};

const [verb = '', ...flags] = process.argv.slice(2);
const run = VERBS[verb];
if (run === undefined || flags.some((flag) => flag !== '--keep')) {
  console.error('usage: npm run sandbox -- up [--keep] | status | reset | down');
  process.exit(64);
}
process.exit(await run(findPlace(), new Set(flags)));

/** One run at a time may change a sandbox. */
async function alone(place: Place, work: (progress: Progress) => Promise<void>): Promise<number> {
  mkdirSync(join(place.home, 'log'), { recursive: true });
  const other = claim(place.home);
  if (other !== undefined) {
    console.error(`Another run (process ${other}) is working on this sandbox; wait for its end.`);
    return 75;
  }
  const progress = new Progress(join(place.home, 'log/sandbox.log'));
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      progress.say('interrupted: stopping what was started');
      stopPrograms();
    });
  }
  try {
    await work(progress);
    return 0;
  } catch (error) {
    if (interrupted) {
      await down(place, progress);
      return 130;
    }
    console.error(
      error instanceof CannotRun
        ? `${error.message} (${error.code})`
        : `The sandbox did not come up. ${(error as Error).message}`,
    );
    return error instanceof CannotRun ? 69 : 1;
  } finally {
    release(place.home);
  }
}

function show({ openstack, kubernetes }: SandboxEnvironment): void {
  console.log(`
OpenStack   ${openstack.authUrl}
            export OS_CLIENT_CONFIG_FILE=${openstack.clouds}
Kubernetes  ${kubernetes.server}
            export KUBECONFIG=${kubernetes.kubeconfig}
Stop it     npm run sandbox -- down`);
}

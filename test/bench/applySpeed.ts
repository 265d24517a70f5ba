import { Agent, request } from 'node:https';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { Pace } from '../../src/deploy/run/pace.ts';
import { type Bar, median, rounded } from './bar.ts';
import { configMaps, DeployBench, timed } from './deployBench.ts';
import { deployFigures } from './deployFigures.ts';

const COUNT = 500;
const DELAY_MS = 20;
/** As many as ours has in flight, beside the server and over a line. */
const inFlight = (delayMs: number) => new Pace({ quickestMs: delayMs }).limit;

/** Times of the sides in ms, one of each round. */
interface Sides {
  readonly ours: number[];
  readonly plan: number[];
  readonly kubectl: number[];
  readonly serial: number[];
  readonly bare: number[];
}

/**
 * G9: 500 new ConfigMaps from a confirmed plan, as in a window that stays open (lock, journal, inventory and record included), against `kubectl apply --server-side` and the official client one after the other,
 * with 20 ms added between all of them and the real API server of the sandbox, each side in a new namespace, in turn; then on bare loopback. The objects must be the same afterwards. kubectl's time
 * holds the start of its process. The floor is what the same 500 requests take as bare HTTPS, as many at a time as ours: the line and the server, without plan, order, lock, journal, inventory and record; beside it stands what
 * the line alone would take. The other figures of a deploy are told beside it.
 */
export async function applySpeed({ rounds = 3 } = {}): Promise<Bar> {
  const far = await measure(DELAY_MS, rounds, true);
  const near = await measure(0, rounds, false);
  const figures = await deployFigures();
  const line = Math.ceil(COUNT / inFlight(DELAY_MS)) * DELAY_MS;
  const [ours, peer, floor] = [median(far.times.ours), median(far.times.kubectl), median(far.times.bare)];
  const parts = [
    {
      what: `floor, bare requests of ${Math.round(floor)} ms (the line alone: ${line} ms), times`,
      value: ours / floor,
      goal: '<= 1.3',
      met: ours / floor <= 1.3,
    },
    ...against('serial client-node, times slower', median(far.times.serial) / ours, 15),
    ...against('loopback: kubectl, times slower', median(near.times.kubectl) / median(near.times.ours), 1.5),
    ...figures,
  ];
  return {
    bar: 'G9',
    what: `apply of ${COUNT} ConfigMaps from a confirmed plan with ${DELAY_MS} ms added, median in ms`,
    ours: rounded(ours),
    peer: rounded(peer),
    ratio: rounded(peer / ours),
    goal: '>= 10x kubectl, and each of the goals below',
    met: peer / ours >= 10 && parts.every(({ met }) => met),
    agree: far.agree && near.agree,
    more: {
      'plan with 500 dry runs, ms': Math.round(median(far.times.plan)),
      'kubectl against bare requests, times': rounded(peer / floor),
      'loopback: apply, bare, kubectl, ms': [near.times.ours, near.times.bare, near.times.kubectl]
        .map((times) => Math.round(median(times)))
        .join(', '),
      ...Object.fromEntries(
        parts.map(({ what, value, goal, met }) => [what, `${rounded(value)} (goal ${goal}: ${met ? 'met' : 'MISSED'})`]),
      ),
    },
  };
}

function against(what: string, value: number, least: number) {
  return [{ what, value, goal: `>= ${least}`, met: value >= least }];
}

async function measure(delayMs: number, rounds: number, withSerial: boolean): Promise<{ times: Sides; agree: boolean }> {
  await using bench = await DeployBench.open(delayMs);
  const text = configMaps(COUNT);
  const file = await bench.file(text);
  const times: Sides = { ours: [], plan: [], kubectl: [], serial: [], bare: [] };
  let agree = true;
  for (let round = 0; round < rounds; round += 1) {
    const spaces = [await bench.space(), await bench.space(), await bench.space()];
    const [ours = '', theirs = '', bare = ''] = spaces;
    const start = performance.now();
    const planned = await bench.plan(file, ours);
    times.plan.push(performance.now() - start);
    times.ours.push(
      await timed(async () => {
        const { outcome, sentence } = await (await bench.start(planned)).run.done;
        if (outcome !== 'succeeded') throw new Error(sentence);
      }),
    );
    times.kubectl.push(await timed(() => bench.kubectl('-n', theirs, 'apply', '--server-side', '-f', file)));
    times.bare.push(await timed(() => applyBare(bench.kubeconfig, text, bare, inFlight(delayMs))));
    // the slowest by far: once tells enough
    if (withSerial && round === 0) {
      const space = await bench.space();
      spaces.push(space);
      times.serial.push(await timed(() => applySerially(bench.kubeconfig, text, space)));
    }
    const states = await Promise.all(
      spaces.map((space) => bench.aside('-n', space, 'get', 'configmaps', '-l', 'bench=apply', '-o', STATE)),
    );
    const [first = ''] = states;
    agree &&= states.every((state) => state === first) && first.trim().split('\n').length === COUNT;
  }
  return { times, agree };
}

const STATE = 'jsonpath={range .items[*]}{.metadata.name} {.data}{"\\n"}{end}';

/** The requests and nothing else. */
async function applyBare(kubeconfig: string, text: string, namespace: string, parallel: number): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext('sandbox-admin');
  const { server = '' } = config.getCurrentCluster() ?? {};
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const access = { agent };
  await config.applyToHTTPSOptions(access);
  const send = (object: KubernetesObject) =>
    new Promise<void>((resolve, reject) => {
      const url = `${server}/api/v1/namespaces/${namespace}/configmaps/${object.metadata?.name}?fieldManager=bench&fieldValidation=Strict`;
      const headers = { 'content-type': 'application/apply-patch+yaml', accept: 'application/json' };
      const asked = request(url, { ...access, method: 'PATCH', headers, agent }, (answer) => {
        answer.resume().on('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))));
      });
      asked.on('error', reject).end(JSON.stringify(object));
    });
  const documents = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  await Promise.all(documents.map(send));
  agent.destroy();
}

/** As one writes it with the official client: one object after the other. */
async function applySerially(kubeconfig: string, text: string, namespace: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext('sandbox-admin');
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as KubernetesObject;
    const there = { ...object, metadata: { ...object.metadata, namespace } };
    await api.patch(there, undefined, undefined, 'bench', true, PatchStrategy.ServerSideApply);
  }
}

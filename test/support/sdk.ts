import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SandboxEnvironment } from '../sandbox/place.ts';

/** The Python that Debian's python3-openstacksdk belongs to. */
const python = '/usr/bin/python3';
/** Highest microversions of the sandbox's services; what stands nowhere here gets the service's own default. */
const microversions = {
  compute: '2.93',
  'block-storage': '3.60',
  'shared-file-system': '2.65',
  baremetal: '1.78',
  'container-infra': '1.9',
};

/** One line of JSON for each question that comes in; a body that is a text goes out as bytes. */
const SDK = `
import json, sys, openstack
MICROVERSIONS = ${JSON.stringify(microversions)}
clouds = {}
def answer(cloud, service, method, path, body=None):
    if cloud not in clouds: clouds[cloud] = openstack.connect(cloud=cloud)
    how = {'endpoint_filter': {'service_type': service, 'interface': 'public'}, 'raise_exc': False}
    if service in MICROVERSIONS: how['microversion'] = MICROVERSIONS[service]
    if isinstance(body, str): how.update(data=body.encode(), headers={'Content-Type': 'application/octet-stream'})
    elif body is not None: how['json'] = body
    got = clouds[cloud].session.request(path, method, **how)
    try: text = json.dumps(got.json(), separators=(',', ':'), ensure_ascii=False)
    except ValueError: text = got.text
    return {'status': got.status_code, 'text': text}
print('ready', flush=True)
for line in sys.stdin:
    try: told = answer(**json.loads(line))
    except Exception as error: told = {'status': 0, 'text': repr(error)}
    print(json.dumps(told), flush=True)
`;

/** Status and body of an answer; JSON without spaces. Status 0: there was no answer, and the text says why. */
export interface SdkAnswer {
  readonly status: number;
  readonly text: string;
}

/** A warm process of openstacksdk. It signs in once for each cloud, finds endpoints and asks for microversions by itself. */
export interface Sdk extends AsyncDisposable {
  /** Sends one request to a service by its official type, below its endpoint in the catalogue: `demo`, `network`, `GET`, `/v2.0/ports`. Never rejects. */
  request(cloud: string, service: string, method: string, path: string, body?: unknown): Promise<SdkAnswer>;
}

/** Starts it on the sandbox's clouds.yaml. Rejects where openstacksdk is missing. */
export async function startSdk({ openstack }: SandboxEnvironment): Promise<Sdk> {
  const child = spawn(python, ['-c', SDK], {
    env: { ...process.env, OS_CLIENT_CONFIG_FILE: openstack.clouds },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'ready') throw new Error('openstacksdk did not start: python3-openstacksdk is needed.');
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (cloud, service, method, path, body) => {
      const told = last.then(async (): Promise<SdkAnswer> => {
        child.stdin.write(`${JSON.stringify({ cloud, service, method, path, body })}\n`);
        return JSON.parse((await lines.next()).value ?? '{"status":0,"text":"openstacksdk ended"}');
      });
      last = told;
      return told;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
    },
  };
}

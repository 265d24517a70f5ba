/** Clouds and contexts that cannot be used say why in their own rows; those beside them live. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { certificates } from '../../support/certificates.ts';
import { scriptedServer } from '../../support/scriptedServer.ts';
import { freePort } from '../../vscode-host/server.ts';
import { findSandbox } from '../sandboxEnvironment.ts';
import { inWindow, type Scene } from './inWindow.ts';

const cloudsFile = (folder: string) => join(dirname(folder), 'clouds.yaml');
const kubeconfigFile = (folder: string) => join(dirname(folder), 'kubeconfig');
const authority = certificates();
const stranger = await scriptedServer({}, authority.issue('IP:127.0.0.1'));
const html = await scriptedServer({
  'GET /*': { text: '<html>Sign in to the hotel</html>' },
  'POST /*': { text: '<html>Sign in to the hotel</html>' },
});
const nobody = await freePort();

/** The cloud demo, and beside it clouds with one mistake each. */
async function prepare(folder: string): Promise<void> {
  const sandbox = findSandbox() ?? assert.fail('no sandbox is up');
  const { clouds } = parseDocument(await readFile(sandbox.openstack.clouds, 'utf8')).toJS();
  const demo = clouds.demo;
  const at = (auth_url: string) => ({ ...demo, auth: { ...demo.auth, auth_url } });
  const { password: _, ...asked } = demo.auth;
  const broken = {
    demo,
    'asks-me': { ...demo, auth: asked },
    hotel: at(`${html.url}/v3`),
    stranger: at(`${stranger.url}/v3`),
    'turned-off': at(`http://127.0.0.1:${nobody}/v3`),
    'unknown-type': { ...demo, auth_type: 'v3telepathy' },
    'wrong-password': { ...demo, auth: { ...demo.auth, password: 'not-this-one' } },
  };
  await writeFile(cloudsFile(folder), JSON.stringify({ clouds: broken }));
  const kubeconfig = parseDocument(await readFile(sandbox.kubernetes.kubeconfig, 'utf8')).toJS();
  kubeconfig.contexts.push(
    { name: 'dangling', context: { cluster: 'nobody-knows', user: 'nobody' } },
    { name: 'turned-off', context: { cluster: 'turned-off', user: kubeconfig.contexts[0].context.user } },
  );
  kubeconfig.clusters.push({ name: 'turned-off', cluster: { server: `https://127.0.0.1:${nobody}` } });
  await writeFile(kubeconfigFile(folder), JSON.stringify(kubeconfig));
}

async function play({ window }: Scene): Promise<void> {
  const clouds = await window.view('Clouds');
  for (const [name, sentence] of [
    ['asks-me', /password/i],
    ['hotel', /web page instead of its API/],
    ['stranger', /certificate/i],
    ['turned-off', /ECONNREFUSED|refused|unreachable/i],
    ['unknown-type', /v3telepathy/],
    ['wrong-password', /password|credentials|401/i],
  ] as const) {
    const [row, ...others] = await clouds.expand(name);
    assert.match(row?.label ?? '', sentence, await clouds.text());
    assert.deepEqual(others, []);
  }
  await clouds.expand('demo');
  await clouds.find('demo', 'demo');
  await window.screenshot('broken-clouds');
  await clouds.inline('Sign In', 'asks-me', /password/i);
  await window.answer(/asks-me/, 'alice-typed-the-wrong-one');
  await window.told(/asks-me/);
  await window.screenshot('sign-in-refused');
  await window.clearNotifications();

  const clusters = await window.view('Clusters');
  const [dangling] = await clusters.expand('dangling');
  assert.match(dangling?.label ?? '', /nobody-knows/);
  assert.match((await clusters.find('dangling')).description, /not usable as written/);
  const [off] = await clusters.expand('turned-off');
  assert.match(off?.label ?? '', /refused|unreachable/i);
  await clusters.find('sandbox-admin', 'shop');
  await window.screenshot('broken-contexts');
}

inWindow('a cloud or context that cannot be used says why in its own row, and the others live', play, {
  prepare,
  env: (folder) => ({ OS_CLIENT_CONFIG_FILE: cloudsFile(folder), KUBECONFIG: kubeconfigFile(folder) }),
  after: async () => {
    authority.dispose();
    await stranger[Symbol.asyncDispose]();
    await html[Symbol.asyncDispose]();
  },
});

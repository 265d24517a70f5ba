import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { commandLine, type Ended } from './commandLine.ts';

const kubectl = promisify(execFile);

interface Scene {
  /** Id of the network of project demo that is shared with nobody. */
  readonly network: string;
  /** A key pair of alice. */
  readonly keyPair: string;
  /** The clouds.yaml of a Secret: bob in project ops, under the name `theirs`. */
  readonly clouds: string;
  write(file: string, text: string): Promise<void>;
  /** What was found in a file, the file left out, and what was told beside it. */
  check(file: string, ...args: string[]): Promise<Ended>;
}

/** A key pair that alice makes, and a folder. */
async function scene(sandbox: SandboxEnvironment, body: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-whom-'));
  const keyPair = `whom-${randomBytes(3).toString('hex')}`;
  const authUrl = sandbox.openstack.authUrl;
  const auth = { auth_url: authUrl, username: 'bob', password: 'sandbox', project_name: 'ops' };
  const domains = { user_domain_name: 'Default', project_domain_name: 'Default' };
  const clouds = stringify({ clouds: { theirs: { auth: { ...auth, ...domains }, region_name: 'RegionOne' } } });
  const env = { KUBECONFIG: sandbox.kubernetes.kubeconfig, OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds };
  await openstack(sandbox, 'demo', 'compute', 'POST', '/os-keypairs', { keypair: { name: keyPair } });
  try {
    await withDemoProject(sandbox, async (project) => {
      const networks = await project.list('network.network');
      assert.ok(networks.ok);
      const own = networks.value.items.find(
        (one) => one['project_id'] === project.id && one['shared'] === false && !one['router:external'],
      );
      assert.ok(own);
      await body({
        network: String(own['id']),
        keyPair,
        clouds,
        write: (file, text) => writeFile(join(folder, file), text),
        check: (file, ...args) => commandLine(['check', file, ...args], { cwd: folder, env }),
      });
    });
  } finally {
    await openstack(sandbox, 'demo', 'compute', 'DELETE', `/os-keypairs/${keyPair}`);
    await rm(folder, { recursive: true, force: true });
  }
}

const machines = (network: string, keyPair: string, identity: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: capi}
spec:
  template:
    spec:
      ${identity}
      flavor: m1.small
      image: {filter: {name: debian-12}}
      sshKeyName: ${keyPair}
      ports: [{network: {id: ${network}}}]
`;

const secret = (clouds: string) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'whom', namespace: 'capi' },
    stringData: { 'clouds.yaml': clouds },
  });

sandboxTest('signed in as admin, a manifest of bob in ops names a private network of demo and a key pair of alice', (sandbox) =>
  scene(sandbox, async ({ network, keyPair, clouds, write, check }) => {
    const asBob = 'project ops of cloud admin, as bob';
    const twice = [
      `all.yaml:10:19 error reference.missing No key pair named "${keyPair}" in ${asBob}. Key pairs belong to users: the one in identityRef must have it.`,
      `all.yaml:11:30 error reference.notVisible Network "SEEN" can be seen in project admin (cloud admin, RegionOne), but not in ${asBob}.`,
    ];
    const named = machines(network, keyPair, 'identityRef: {name: whom, cloudName: theirs}');
    await write('all.yaml', `${named}---\n${secret(clouds)}`);
    const found = await check('all.yaml', '--cloud', 'admin');
    assert.deepEqual(
      found.out
        .trimEnd()
        .replace(/Network "[^"]+"/, 'Network "SEEN"')
        .split('\n'),
      twice,
      found.err,
    );
    assert.equal(found.status, 5);
    // base64, as a cluster keeps it, and no name of a region
    const encoded = { 'clouds.yaml': Buffer.from(clouds).toString('base64') };
    const kept = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'whom', namespace: 'capi' }, data: encoded };
    await write('all.yaml', `${named}---\n${stringify(kept)}`);
    const again = await check('all.yaml', '--cloud', 'admin');
    assert.equal(again.out, found.out);
    // the machine that names nobody is made by its cluster
    const cluster = `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackCluster\nmetadata: {name: shop, namespace: capi}\nspec: {identityRef: {name: whom, cloudName: theirs}}\n`;
    await write('all.yaml', `${machines(network, keyPair, '# as its cluster')}---\n${cluster}---\n${secret(clouds)}`);
    assert.equal((await check('all.yaml', '--cloud', 'admin')).out, found.out);
    for (const text of [found.out, found.err, again.err]) assert.ok(!text.includes('password') && !text.includes('sandbox'));
  }),
);

sandboxTest('credentials of a Secret in the cluster, of an entry of that name, and of nobody who can be asked', (sandbox) =>
  scene(sandbox, async ({ network, keyPair, clouds, write, check }) => {
    const namespace = `whom-${randomBytes(3).toString('hex')}`;
    const { kubectl: program, kubeconfig } = sandbox.kubernetes;
    const inCluster = (...args: string[]) => kubectl(program, ['--kubeconfig', kubeconfig, ...args]);
    const named = (identity: string) =>
      machines(network, keyPair, identity).replace('namespace: capi', `namespace: ${namespace}`);
    const admins = ['--cloud', 'admin'];
    await inCluster('create', 'namespace', namespace);
    try {
      await inCluster('create', 'secret', 'generic', 'whom', '-n', namespace, `--from-literal=clouds.yaml=${clouds}`);
      await write('a.yaml', named('identityRef: {name: whom, cloudName: theirs}'));
      const kept = await check('a.yaml', ...admins, '--context', 'sandbox-admin', '--namespace', namespace);
      assert.match(
        kept.out,
        new RegExp(`error reference\\.missing No key pair named "${keyPair}" in project ops of cloud admin, as bob\\.`),
      );
      // without the context nobody may look there: as the bound cloud, and neither an error nor a proof
      const blind = await check('a.yaml', ...admins, '--require-live');
      assert.match(
        blind.out,
        /information reference\.missing No key pair .* in project admin of cloud admin, as admin\. .*Secret \S+\/whom of identityRef was not found, so this was asked as admin\./,
      );
      assert.match(blind.err, /1 of \d references could not be checked: Network "[^"]+" is seen by admin as an administrator/);
      assert.equal(blind.status, 5);
      await write('a.yaml', named('identityRef: {name: elsewhere, cloudName: ops}'));
      const entry = await check('a.yaml', ...admins);
      assert.match(entry.out, /error reference\.missing No key pair .* in project ops of cloud admin, as bob\./);
      const wrong = clouds.replace('password: sandbox', 'password: stale-1');
      await write(
        'a.yaml',
        `${named('identityRef: {name: whom, cloudName: theirs}')}---\n${secret(wrong).replace('namespace: capi', `namespace: ${namespace}`)}`,
      );
      const stale = await check('a.yaml', ...admins);
      assert.match(
        stale.out,
        /as admin\. .*Secret \S+\/whom of identityRef could not be used \(.*bob.*\), so this was asked as admin\./,
      );
      for (const { out, err } of [kept, blind, entry, stale])
        assert.ok(!`${out}${err}`.includes('stale-1') && !/password:/.test(`${out}${err}`));
    } finally {
      await inCluster('delete', 'namespace', namespace, '--wait=false');
    }
  }),
);

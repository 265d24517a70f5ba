import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { createHttp } from '../../src/base/pool.ts';
import { type Candidates, candidates } from '../../src/openstack/candidate.ts';
import type { Settings } from '../../src/openstack/configFiles.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

async function withCandidates(
  sandbox: SandboxEnvironment,
  body: (one: Candidates, entry: (cloud: string) => Settings) => Promise<void>,
) {
  const http = createHttp();
  const { clouds } = parse(await readFile(sandbox.openstack.clouds, 'utf8'));
  await body(candidates(http), (cloud) => structuredClone(clouds[cloud])).finally(() => http.dispose());
}

sandboxTest('an address is an identity service however it is written, or is told to be none', async (sandbox) => {
  await withCandidates(sandbox, async (one) => {
    const { origin, host, hostname } = new URL(sandbox.openstack.authUrl);
    for (const written of [origin, `${origin}/`, `${origin}/v3`, `${origin}/v3/auth/tokens`, ` ${origin}/v2.0 `]) {
      const found = await one.discover(written);
      assert.ok(found.ok, written);
      assert.equal(found.value.authUrl, `${origin}/v3`);
      assert.match(found.value.version, /^v3\.\d+$/);
    }
    const { server } = sandbox.kubernetes;
    const elsewhere = await one.discover(server);
    assert.equal(elsewhere.ok ? '' : elsewhere.failure.reason, 'untrusted');
    const closed = await one.discover(`http://${hostname}:1`);
    assert.equal(closed.ok ? '' : closed.failure.reason, 'offline');
    const none = await one.discover('not an address');
    assert.match(none.ok ? '' : none.failure.message, /^not an address is no address/);
    assert.ok(host);
  });
});

sandboxTest('a try says who is signed in and what is open to them, or why not', async (sandbox) => {
  await withCandidates(sandbox, async (one, entry) => {
    const said = async (written: Settings) => {
      const tried = await one.tryOut('lab', written);
      if (!tried.ok) return tried.failure.message;
      const { user, project, projects, regions } = tried.value;
      return `${user} in ${project}; ${projects.map(({ name }) => name).join(', ')}; ${regions.join(', ')}`;
    };
    assert.equal(await said(entry('ops')), 'bob in ops; ops, demo; RegionOne');
    assert.equal(await said(entry('demo-appcred')), 'alice in demo; demo; RegionOne');
    const { project_name: _, ...unscoped } = entry('ops')['auth'] as Settings;
    assert.equal(await said({ ...entry('ops'), auth: unscoped }), 'bob in undefined; ops, demo; RegionOne');
    const wrong = { ...entry('ops'), auth: { ...unscoped, password: 'wrong' } };
    assert.equal(await said(wrong), "Cloud lab did not accept bob's password. Sign in again.");
    assert.equal(await said({ auth: {} }), 'Cloud lab has no auth_url.');
  });
});

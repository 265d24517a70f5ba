/** `npm run demo` goes through: its transcript is what a reader is shown of Apply Deploy. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sandboxTest } from './support/sandbox.ts';

const demo = fileURLToPath(new URL('demo.ts', import.meta.url));

sandboxTest(
  'the demo deploys the sample workspace, breaks it, heals it, proves it, rolls it back, prunes it and takes it away',
  async () => {
    const { status, transcript } = await new Promise<{ readonly status: unknown; readonly transcript: string }>((ended) => {
      execFile(process.execPath, [demo], (error, out, err) => ended({ status: error?.code ?? 0, transcript: out + err }));
    });
    assert.equal(status, 0, transcript);
    const told = [
      /blocked: No network with id .* \(service\.yaml:8\)/,
      /5 created, ready in /,
      /Verified 5 objects on /,
      /analytics is not up: image registry\.example\/render:1\.3 not found \(analytics\.yaml:46\)\./,
      /Deployment analytics on sandbox-admin was whole again /,
      /ConfigMap demo-\w+\/analytics \(data\.LOG_LEVEL debug → info\)/,
      /1 deleted, 5 unchanged/,
      /is gone from sandbox-admin: 4 deleted in /,
      /All of it went as it should/,
    ];
    let from = 0;
    for (const words of told) {
      const at = transcript.slice(from).search(words);
      assert.ok(at >= 0, `${words} is not told, or not in its place:\n${transcript}`);
      from += at;
    }
  },
);

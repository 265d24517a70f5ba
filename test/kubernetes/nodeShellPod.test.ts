/** The pod of a shell on a node, as `kubectl debug node/worker-1 --profile=sysadmin --image=busybox:1.37 -it` would make it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { nodeShellPod } from '../../src/kubernetes/nodeShellPod.ts';

const pod = nodeShellPod({ node: 'worker-1', namespace: 'shop', image: 'busybox:1.37' }, 'abcde');

const TEXT = `
apiVersion: v1
kind: Pod
metadata:
  name: node-debugger-worker-1-abcde
  namespace: shop
  labels:
    app.kubernetes.io/managed-by: hybrid-clusters
spec:
  nodeName: worker-1
  restartPolicy: Never
  hostPID: true
  hostNetwork: true
  hostIPC: true
  tolerations:
    - operator: Exists
  containers:
    - name: debugger
      image: busybox:1.37
      command:
        - sh
        - -c
        - |-
          if chroot /host sh -c : 2>/dev/null; then exec chroot /host sh -c 'command -v bash >/dev/null && exec bash; exec sh'; fi
          exec sh
      stdin: true
      stdinOnce: true
      tty: true
      terminationMessagePolicy: File
      securityContext:
        privileged: true
      volumeMounts:
        - name: host-root
          mountPath: /host
  volumes:
    - name: host-root
      hostPath:
        path: /
`;

test('a shell on a node runs in a privileged pod on it, in its namespaces, whatever its taints, its filesystem at /host', () => {
  assert.equal(stringify(pod, { lineWidth: 0 }), TEXT.trimStart());
});

/** Shells on the node; the prompt one comes to. `chroot` is played by a script. */
const HOSTS = `
sh bash | bash on the node
sh      | sh on the node
        | sh of the image
`;

for (const line of HOSTS.split('\n').filter(Boolean)) {
  const [shells = '', expected] = line.split('|').map((part) => part.trim());
  test(`a node with ${shells || 'no shell'}: ${expected}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'node-'));
    try {
      const host = join(folder, 'host');
      mkdirSync(host);
      for (const shell of shells.split(' ').filter(Boolean)) symlinkSync(`/bin/${shell}`, join(host, shell));
      writeFileSync(
        join(folder, 'chroot'),
        `#!/bin/sh\n[ "$1" = /host ] && shift || exit 1\nPLACE='on the node' PATH=${host} exec "$@"\n`,
      );
      chmodSync(join(folder, 'chroot'), 0o755);
      const { command = [] } = (pod['spec'] as { containers: { command: string[] }[] }).containers[0] ?? {};
      const [program = '', ...args] = command;
      const env = { PATH: `${folder}:${process.env['PATH']}`, PLACE: 'of the image' };
      const { stdout } = spawnSync(program, args, { env, input: 'echo "$0 $PLACE"\n', encoding: 'utf8' });
      assert.equal(stdout.trim(), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

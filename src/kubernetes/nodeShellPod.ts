import type { KubeObject } from './cluster.ts';

/** The only container of a node shell's pod. */
export const nodeShellContainer = 'debugger';

/** The node's own shell, the best it has; that of the image where the node has none (Talos, Bottlerocket). An `exec` that fails ends a POSIX shell, so that each is tried before. */
const shell = [
  "if chroot /host sh -c : 2>/dev/null; then exec chroot /host sh -c 'command -v bash >/dev/null && exec bash; exec sh'; fi",
  'exec sh',
].join('\n');

/** Where a shell on a node runs, and with which image. */
export interface NodeShell {
  readonly node: string;
  readonly namespace: string;
  readonly image: string;
}

/**
 * The privileged pod that a shell on a node runs in: past the scheduler on that node, in its namespaces, whatever its taints, its filesystem at `/host`.
 * As `kubectl debug node/NAME --profile=sysadmin` makes it: kubernetes, staging/src/k8s.io/kubectl/pkg/cmd/debug/debug.go (`generateNodeDebugPod`) and profiles.go (`sysadminProfile`, `setHostNamespace`).
 * `stdinOnce` is ours: the program ends with the terminal even if the pod could not be deleted.
 */
export function nodeShellPod({ node, namespace, image }: NodeShell, random: string): KubeObject {
  const container = {
    name: nodeShellContainer,
    image,
    command: ['sh', '-c', shell],
    stdin: true,
    stdinOnce: true,
    tty: true,
    terminationMessagePolicy: 'File',
    securityContext: { privileged: true },
    volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `node-debugger-${node}-${random}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'hybrid-clusters' },
    },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      hostPID: true,
      hostNetwork: true,
      hostIPC: true,
      tolerations: [{ operator: 'Exists' }],
      containers: [container],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
    },
  };
}

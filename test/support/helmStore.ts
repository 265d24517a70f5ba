import { gzipSync } from 'node:zlib';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import type { Release } from '../../src/kubernetes/helmRelease.ts';

/** A release as Helm stores it: labels to find it by, base64 of gzipped JSON; in a Secret in base64 once more (helm v3, `pkg/storage/driver`). */
export function helmStored(release: Release, kind: 'Secret' | 'ConfigMap' = 'Secret'): KubeObject {
  const packed = gzipSync(JSON.stringify(release)).toString('base64');
  const { name, version, namespace = 'shop' } = release;
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: `sh.helm.release.v1.${name}.v${version}`,
      namespace,
      labels: { name, owner: 'helm', status: release.info?.status ?? 'unknown', version: String(version) },
    },
    ...(kind === 'Secret' ? { type: 'helm.sh/release.v1' } : {}),
    data: { release: kind === 'Secret' ? Buffer.from(packed).toString('base64') : packed },
  };
}

/** Two revisions of one release; its chart has defaults, its user a password, its manifest a Secret. */
export const webRelease: readonly [Release, Release] = [
  {
    name: 'web',
    namespace: 'shop',
    version: 1,
    info: { status: 'superseded' },
    chart: { metadata: { name: 'nginx', version: '1.2.2' } },
    manifest: '---\n# Source: nginx/templates/cm.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
  },
  {
    name: 'web',
    namespace: 'shop',
    version: 2,
    info: {
      status: 'deployed',
      description: 'Upgrade complete',
      notes: 'Log in with canary-password.\n',
      last_deployed: '2026-01-01T12:03:00Z',
    },
    chart: {
      metadata: { name: 'nginx', version: '1.2.3', appVersion: '1.27' },
      values: { replicas: 1, image: { tag: '1.27', pull: 'Always' }, tls: { secretName: 'web-tls' }, debug: true },
    },
    config: {
      replicas: 3,
      image: { tag: '1.28' },
      auth: { adminPassword: 'canary-password', existingSecret: 'mine' },
      debug: null,
    },
    manifest: `---
# Source: nginx/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: web
data:
  password: Y2FuYXJ5LXBhc3N3b3Jk
---
# Source: nginx/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: web
          args: [--admin=canary-password]
          env:
            - name: DB_PASSWORD
              value: other-canary
            - name: MODE
              value: fast
      volumes:
        - name: tls
          secret:
            secretName: web-tls
`,
  },
];

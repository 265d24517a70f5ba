import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../vscode-host/server.ts';
import { copyWorkspace } from './copyWorkspace.ts';

/** A copy of the sample workspace that asks to be connected: it brings a cloud, a cluster and a binding to both. */
export interface AskingFolder {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Both servers are `127.0.0.1:HYBRID_TEST_PORT`; the kubeconfig's credential plugin makes the file HYBRID_TEST_MARK. The cloud's password must not be in any log. */
export async function askingFolder(): Promise<AskingFolder> {
  const folder = await copyWorkspace();
  const outside = dirname(folder);
  const port = await freePort();
  const mark = join(outside, 'plugin-ran');
  const canary = `canary-${randomUUID()}`;
  await writeFile(join(outside, 'clouds.yaml'), cloudsYaml(port, canary));
  await writeFile(join(outside, 'kubeconfig'), kubeconfig(port, mark));
  await mkdir(join(folder, '.vscode'));
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings(outside), undefined, 2));
  return {
    folder,
    env: {
      OS_CLIENT_CONFIG_FILE: join(outside, 'clouds.yaml'),
      KUBECONFIG: join(outside, 'kubeconfig'),
      HYBRID_TEST_PORT: String(port),
      HYBRID_TEST_MARK: mark,
      CODE_HOST_CANARY: canary,
    },
  };
}

const settings = (outside: string) => ({
  'hybridClusters.clouds.files': [join(outside, 'clouds.yaml')],
  'hybridClusters.kubeconfig.files': [join(outside, 'kubeconfig')],
  'hybridClusters.binding': { cloud: 'trap', project: 'trap', context: 'trap', namespace: 'default' },
});

const cloudsYaml = (port: number, password: string) => `clouds:
  trap:
    auth: { auth_url: "http://127.0.0.1:${port}/v3", username: u, password: ${password}, project_name: trap, user_domain_name: Default, project_domain_name: Default }
    region_name: RegionOne
`;

const kubeconfig = (port: number, mark: string) => `apiVersion: v1
kind: Config
current-context: trap
clusters: [{ name: trap, cluster: { server: "http://127.0.0.1:${port}" } }]
contexts: [{ name: trap, context: { cluster: trap, user: trap } }]
users:
  - name: trap
    user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["${mark}"], interactiveMode: Never } }
`;

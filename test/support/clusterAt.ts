import type { Http } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { Credentials } from '../../src/kubernetes/credentials.ts';
import { ExecSessions } from '../../src/kubernetes/execSessions.ts';
import { openCluster } from '../../src/kubernetes/openCluster.ts';

/** The cluster of a scripted API server that asks nobody who they are. */
export function scriptedClusterAt(url: string, http: Http): Cluster {
  const source = { file: '/config', line: 1 };
  const sessions = new ExecSessions({ env: process.env, mayRun: async () => false, logger: silentLogger });
  const credentials = new Credentials(
    { name: 'a', value: { server: url }, ...source },
    { name: 'kim', value: {}, ...source },
    sessions,
  );
  const context = {
    name: 'bench',
    cluster: 'a',
    server: url,
    user: 'kim',
    namespace: undefined,
    source,
    insecure: false,
    exec: false,
  };
  return openCluster(context, credentials, { http });
}

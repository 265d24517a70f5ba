import type { Target } from '../../src/deploy/types.ts';

/** The target that a {@link FakeCluster} is, as it stands. */
export const fakeTarget: Target = {
  context: 'sandbox-admin',
  server: 'https://127.0.0.1:6443',
  user: 'admin',
  namespace: 'shop',
  clusterUid: 'uid-kube-system',
  protection: 'open',
};

/**
 * The stand-in controllers: one process beside the sandbox that plays what neither half brings along. They speak to the
 * real APIs on both sides under the upstream names, and they are no part of the extension.
 *
 * usage: standins.ts CLOUDS_YAML KUBECONFIG PORT
 *
 * At PORT answers the page that a port-forward to any pod leads to, at the next one the webhook authoriser.
 */
import { createServer } from 'node:http';
import { Kubernetes } from '../api/kubernetes.ts';
import type { Node } from '../api/objects.ts';
import { OpenStack } from '../api/openstack.ts';
import { authorizer } from './authorizer.ts';
import { Informer } from './informer.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { LoadBalancerStandIn } from './loadBalancer.ts';
import { OrcStandIn } from './orc.ts';
import type { CloudDefaults } from './serviceSettings.ts';
import { VolumeStandIn } from './volume.ts';

/** The cluster of the seed, as its controllers would have been told by `--cluster-name`. */
const CLUSTER = 'prod';

const [clouds = '', kubeconfig = '', port = ''] = process.argv.slice(2);
const kubernetes = new Kubernetes(kubeconfig);
const cloud = OpenStack.open(clouds, 'demo');
authorizer().listen(Number(port) + 1, '127.0.0.1');
const nodes = await new Informer<Node>(kubernetes, '/api/v1/nodes').start();
await new Kubelet(kubernetes).start();
await new LoadBalancerStandIn(kubernetes, cloud, await defaults(), nodes).start();
await new VolumeStandIn(kubernetes, cloud, CLUSTER, nodes).start();
await new OrcStandIn(kubernetes).start();
createServer((_, response) => response.end('a pod of the sandbox\n')).listen(Number(port), '127.0.0.1');
console.log(`${new Date().toISOString()} ready`);

async function defaults(): Promise<CloudDefaults> {
  const { networks } = await cloud.get<{ networks: { id: string }[] }>('network', '/networks?name=public');
  const { subnets } = await cloud.get<{ subnets: { id: string }[] }>(
    'network',
    '/subnets?name=k8s-clusterapi-cluster-clusters-prod',
  );
  const [network, subnet] = [networks[0], subnets[0]];
  if (network === undefined || subnet === undefined)
    throw new Error('the cloud lacks the network "public" or the network of the cluster "prod"');
  return { clusterName: CLUSTER, floatingNetworkId: network.id, subnetId: subnet.id };
}

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { Kubernetes } from '../api/kubernetes.ts';
import type { Claim, Condition, KubeObject, Service } from '../api/objects.ts';
import type { CloudEntry } from '../api/openstack.ts';
import { Applier, type Values } from './manifests.ts';

const CRDS = ['capi', 'capi-kubeadm', 'capo', 'orc', 'gateway', 'snapshot'];
/** In this order: Nodes before what is scheduled onto them, classes before claims. */
const MANIFESTS = ['nodes', 'access', 'storage', 'machines', 'orc', 'shop', 'openstack'];

/** Installs the CRDs; the stand-ins need them before they start. */
export async function seedDefinitions(kubernetes: Kubernetes): Promise<void> {
  const applier = new Applier(kubernetes, {});
  for (const name of CRDS) await applier.applyFile(new URL(`../../fixtures/crds/${name}.yaml`, import.meta.url));
  await until('a custom resource definition', async () => {
    const { items } = await kubernetes.list<Definition>('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    return items
      .filter(({ status }) => !status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True'))
      .map(({ metadata }) => metadata.name);
  });
}

interface Definition extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The Kubernetes side of the hybrid seed; the stand-ins must run, for they give addresses and volumes. */
export async function seedObjects(kubernetes: Kubernetes, values: Values, cloudsYaml: string): Promise<void> {
  const applier = new Applier(kubernetes, { ...values, cloudsYaml: onlyDemo(cloudsYaml) });
  for (const name of MANIFESTS) await applier.applyFile(new URL(`manifests/${name}.yaml`, import.meta.url));
  await settled(kubernetes);
}

/** The clouds.yaml that goes into Secrets knows the user's project and nothing else. */
function onlyDemo(file: string): string {
  const { clouds } = parse(readFileSync(file, 'utf8')) as { clouds: Record<string, CloudEntry> };
  return stringify({ clouds: { demo: clouds['demo'] } });
}

/** What must have happened before the state is worth saving; each entry says in words what is missing. */
const SETTLED: readonly [what: string, path: string, is: (object: KubeObject) => boolean][] = [
  [
    'an address of the Service shop/web',
    '/api/v1/namespaces/shop/services/web',
    (object) => !!(object as Service).status?.loadBalancer?.ingress?.[0]?.ip,
  ],
  ['a volume for shop/archive', '/api/v1/namespaces/shop/persistentvolumeclaims/archive', isBound],
  ['a volume for shop/data-db-0', '/api/v1/namespaces/shop/persistentvolumeclaims/data-db-0', isBound],
  ['the Deployment shop/web', '/apis/apps/v1/namespaces/shop/deployments/web', (object) => ready(object) === 2],
  ['the StatefulSet shop/db', '/apis/apps/v1/namespaces/shop/statefulsets/db', (object) => ready(object) === 1],
  ['an id for the ORC Subnet shop/private-v4', '/apis/openstack.k-orc.cloud/v1alpha1/namespaces/shop/subnets/private-v4', hasId],
  [
    'an id for the ORC SecurityGroup shop/shop-db',
    '/apis/openstack.k-orc.cloud/v1alpha1/namespaces/shop/securitygroups/shop-db',
    hasId,
  ],
];

function isBound(object: KubeObject): boolean {
  return (object as Claim).status?.phase === 'Bound';
}

function hasId(object: KubeObject): boolean {
  return (object as KubeObject & { status?: { id?: string } }).status?.id !== undefined;
}

function ready(object: KubeObject): number | undefined {
  return (object as KubeObject & { status?: { readyReplicas?: number } }).status?.readyReplicas;
}

async function settled(kubernetes: Kubernetes): Promise<void> {
  await until('the seed', async () => {
    const found = await Promise.all(SETTLED.map(([, path]) => kubernetes.find(path)));
    return SETTLED.flatMap(([what, , is], index) => (found[index] && is(found[index]) ? [] : [what]));
  });
}

/** Asks twice a second until nothing is missing; throws after a minute, naming what still is. */
async function until(what: string, missing: () => Promise<string[]>): Promise<void> {
  let left: string[] = [];
  for (let tries = 0; tries < 120; tries++) {
    left = await missing();
    if (left.length === 0) return;
    await sleep(500);
  }
  throw new Error(`${what} did not settle in a minute: still waiting for ${left.join(', ')}`);
}

import type { Rule } from '../rule.ts';
import { capoRules } from './capo.ts';
import { capoAlphaRules } from './capoAlpha.ts';
import { cinderCsiRules } from './cinderCsi.ts';
import { cloudConfRules } from './cloudConf.ts';
import { clusterApiRules } from './clusterApi.ts';
import { credentialRules } from './credentials.ts';
import { crossplaneRules } from './crossplane.ts';
import { externalDnsRules } from './externalDns.ts';
import { gardenerRules } from './gardener.ts';
import { heatRules } from './heat.ts';
import { keystoneAuthRules } from './keystoneAuth.ts';
import { kopsRules } from './kops.ts';
import { kubermaticRules } from './kubermatic.ts';
import { kubernikusRules } from './kubernikus.ts';
import { kubesprayRules } from './kubespray.ts';
import { magnumRules } from './magnum.ts';
import { manilaCsiRules } from './manilaCsi.ts';
import { occmRules } from './occm.ts';
import { octaviaIngressRules } from './octaviaIngress.ts';
import { openShiftRules } from './openShift.ts';
import { orcRules } from './orc.ts';
import { prometheusRules } from './prometheus.ts';
import { rancherRules } from './rancher.ts';
import { veleroRules } from './velero.ts';

/** The families, in the order of the printed table. */
export const families: Readonly<Record<string, readonly Rule[]>> = {
  'cloud-provider-openstack': occmRules,
  'cloud.conf': cloudConfRules,
  'cinder-csi': cinderCsiRules,
  'manila-csi': manilaCsiRules,
  'octavia-ingress-controller': octaviaIngressRules,
  'k8s-keystone-auth': keystoneAuthRules,
  'cluster-api-provider-openstack': capoRules,
  'cluster-api-provider-openstack, alpha versions': capoAlphaRules,
  'cluster-api': clusterApiRules,
  'openstack-resource-controller': orcRules,
  gardener: gardenerRules,
  openshift: openShiftRules,
  kops: kopsRules,
  rancher: rancherRules,
  magnum: magnumRules,
  kubespray: kubesprayRules,
  kubermatic: kubermaticRules,
  kubernikus: kubernikusRules,
  crossplane: crossplaneRules,
  'external-dns': externalDnsRules,
  velero: veleroRules,
  prometheus: prometheusRules,
  heat: heatRules,
  'clouds.yaml and openrc': credentialRules,
};

const byForm = new Map<string, Rule[]>();
for (const rule of Object.values(families).flat()) {
  const known = byForm.get(rule.in);
  if (known) known.push(rule);
  else byForm.set(rule.in, [rule]);
}

/** The rules about manifests of this form, see {@link formOf}. */
export function rulesFor(form: string | undefined): readonly Rule[] {
  return (form === undefined ? undefined : byForm.get(form)) ?? [];
}

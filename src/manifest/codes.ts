import type { Severity } from './finding.ts';

/** What must have been looked at before a code can be found: the text of a document alone, files as a deploy reads them, the cloud, the cluster. */
export type Needs = 'text' | 'files' | 'cloud' | 'cluster';

/** The documented page of a code. */
export interface CodeRow {
  /** What it usually weighs; a finding may weigh less where a controller only waits or falls back. */
  readonly severity: Severity;
  readonly needs: Needs;
  /** What was found, one sentence. */
  readonly what: string;
  /** What happens if it stays. */
  readonly why: string;
  /** Address of the source that says so: API reference, specification, the reading program. */
  readonly source: string;
}

const yamlSpec = 'https://yaml.org/spec/1.2.2/';
const kubectlYaml = 'https://github.com/kubernetes-sigs/yaml';
const objects = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/';
const api = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';
const services =
  'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md';
const cinder =
  'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/using-cinder-csi-plugin.md';
const cloudConf =
  'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/using-openstack-cloud-controller-manager.md';
const hot = 'https://docs.openstack.org/heat/latest/template_guide/hot_spec.html';
const heatTypes = 'https://docs.openstack.org/heat/latest/template_guide/openstack.html';
const cloudsYaml = 'https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html';
const openapi = 'https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3';
const network = 'https://docs.openstack.org/api-ref/network/v2/';
const blockStorage = 'https://docs.openstack.org/api-ref/block-storage/v3/';
const balancer = 'https://docs.openstack.org/api-ref/load-balancer/v2/';
const capo = 'https://cluster-api-openstack.sigs.k8s.io/clusteropenstack/configuration';
const orc = 'https://k-orc.cloud/';
const deprecation = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';
const crdVersions = 'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/';
const apiWarnings = 'https://kubernetes.io/blog/2020/09/03/warnings/';
const ours = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html';

type Line = readonly [severity: Severity, needs: Needs, what: string, why: string, source: string];

/** Every code a finding can have: names are promises. The page `media/findings.md` and the rules of the SARIF report are printed from here. */
export const codes: Readonly<Record<string, CodeRow>> = rows({
  'reference.missing': [
    'error',
    'cloud',
    'The value names a resource that does not exist where it was looked for.',
    'The controller that reads it fails or waits, often long after the manifest was applied: a load balancer stays pending, a machine is never made.',
    services,
  ],
  'reference.notVisible': [
    'error',
    'cloud',
    'The resource is there for whoever looks, but not for the user whose credentials the manifest names.',
    "A network that is not shared with that project, a private image or flavor, another user's key pair: the controller gets the answer that it gets for what does not exist.",
    'https://docs.openstack.org/api-ref/compute/#show-keypair-details',
  ],
  'reference.ambiguous': [
    'error',
    'cloud',
    'Several resources have that name, or match that filter.',
    'Names are not unique in OpenStack. A controller that finds two refuses, or takes one of them by chance; security groups are all taken.',
    capo,
  ],
  'reference.kind': [
    'error',
    'cloud',
    'The id is known, but as a resource of another kind: a subnet where a network is wanted.',
    'Ids of all kinds look the same, so nobody notices before the service answers 404.',
    services,
  ],
  'reference.nameForId': [
    'error',
    'cloud',
    'A name stands where only an id is read.',
    'The value is sent as an id as it stands, and the service does not find it.',
    services,
  ],
  'reference.idForName': [
    'error',
    'cloud',
    'An id stands where only a name is read.',
    'The value is looked for among the names and not found.',
    capo,
  ],
  'reference.idInRef': [
    'warning',
    'text',
    'A `…Ref` of the OpenStack resource controller holds an id of the cloud.',
    'It names another of its objects in the same namespace; for one that nobody makes it waits without end.',
    orc,
  ],
  'reference.notExternal': [
    'error',
    'cloud',
    'Floating IPs are asked of a network that is not external.',
    'Neutron gives floating IPs from networks with `router:external` only and refuses this one.',
    network,
  ],
  'reference.otherNetwork': [
    'error',
    'cloud',
    'The subnet does not lie in the network that is named beside it.',
    'Octavia and Neutron refuse a port on that network with an address of that subnet.',
    network,
  ],
  'reference.notAvailable': [
    'error',
    'cloud',
    'The availability zone exists but is marked as not available.',
    'Cinder does not schedule volumes there, so claims stay pending.',
    blockStorage,
  ],
  'reference.notReady': [
    'error',
    'cloud',
    'The image is there, but nothing can be started from it: it has no data yet, or it was deactivated.',
    'Nova refuses the server, and the machine is never made.',
    'https://docs.openstack.org/glance/latest/user/statuses.html',
  ],
  'reference.tooSmall': [
    'error',
    'cloud',
    'The flavor has less memory or disk than the image asks for.',
    'Nova refuses the server, and the machine is never made.',
    'https://docs.openstack.org/api-ref/compute/#create-server',
  ],
  'reference.otherZone': [
    'error',
    'cloud',
    'The volume type is for other availability zones than the one named beside it.',
    'Cinder refuses the volume, and the claim stays pending.',
    'https://docs.openstack.org/cinder/latest/admin/availability-zone-type.html',
  ],
  'reference.otherProvider': [
    'warning',
    'cloud',
    'The flavor of load balancers is for another provider than the one named beside it.',
    'Octavia refuses the load balancer, or a controller takes the default flavor silently.',
    balancer,
  ],
  'reference.disabled': [
    'warning',
    'cloud',
    'The flavor or availability zone of load balancers is switched off.',
    'Octavia refuses a new load balancer with it, or a controller takes the default silently.',
    balancer,
  ],
  'quota.exceeded': [
    'warning',
    'cluster',
    'What a deploy asks for beyond what is live is more than the quota of the project leaves.',
    'The last of its machines, volumes or addresses are refused, long after the manifests were applied.',
    'https://docs.openstack.org/nova/latest/user/quotas.html',
  ],
  'reference.unchecked': [
    'warning',
    'cloud',
    'References could not be checked: nobody is signed in, or the cloud did not answer.',
    'What was not checked may be wrong; it is said instead of being passed over.',
    services,
  ],
  'annotation.unknown': [
    'warning',
    'text',
    'The cloud controller manager knows no annotation of this name.',
    'It does nothing, and nobody says so: mostly a misspelling or an annotation of another cloud.',
    services,
  ],
  'annotation.value': [
    'warning',
    'text',
    'The value is none that the cloud controller manager takes for this annotation.',
    'It counts as not set, silently.',
    services,
  ],
  'annotation.notText': [
    'error',
    'text',
    'The value of an annotation is a number or a boolean.',
    'Annotations are texts; the API server refuses the object.',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/',
  ],
  'annotation.exclusive': [
    'error',
    'text',
    'Two annotations exclude each other.',
    'The cloud controller manager refuses the Service, so it never gets an address.',
    services,
  ],
  'annotation.order': [
    'error',
    'text',
    'The timeout of the health monitor is longer than its delay.',
    'Octavia refuses such a monitor.',
    balancer,
  ],
  'annotation.monitor': [
    'warning',
    'text',
    'externalTrafficPolicy is Local, and the health monitor is off.',
    'Nodes without a Pod of the Service get traffic and drop it.',
    services,
  ],
  'annotation.class': [
    'warning',
    'files',
    'The Service is of a class of load balancers that the cloud.conf among the files does not have.',
    'The cloud controller manager refuses the Service, so it never gets an address.',
    services,
  ],
  'annotation.dead': [
    'warning',
    'text',
    'The annotation stands where nobody reads it: on what is no Service, on a Service that the cloud controller manager leaves alone, or beside one that counts more.',
    'It does nothing, and nobody says so.',
    services,
  ],
  'provider.ovn': [
    'warning',
    'text',
    'The provider ovn of load balancers does not have what is set here.',
    'It is left out silently, or every load balancer is refused.',
    'https://docs.openstack.org/ovn-octavia-provider/latest/admin/driver.html',
  ],
  'secret.plain': [
    'warning',
    'text',
    'Credentials of a cloud stand where everybody may read them: in a ConfigMap, or in the environment of a container.',
    'Who may read the workload or the ConfigMap signs in to the cloud with them.',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
  ],
  'port.security': [
    'error',
    'text',
    'A port has security groups although port security is off.',
    'Neutron refuses such a port, so that the machine is never made; the webhook of a template does not look.',
    capo,
  ],
  'parameter.unknown': [
    'warning',
    'text',
    'The storage driver knows no parameter of this name.',
    'It does nothing, or volumes are refused when the first claim comes.',
    cinder,
  ],
  'parameter.value': [
    'warning',
    'text',
    'The value is none that the storage driver takes for this parameter.',
    'It counts as not set, silently.',
    cinder,
  ],
  'parameter.notText': [
    'error',
    'text',
    'The value of a parameter is a number or a boolean.',
    'Parameters of a class are texts; the API server refuses the object.',
    'https://kubernetes.io/docs/concepts/storage/storage-classes/#parameters',
  ],
  'object.unreadable': [
    'error',
    'files',
    'The document is no object that can be sent.',
    'Nothing of it can be applied.',
    objects,
  ],
  'object.noName': [
    'error',
    'cluster',
    'The object has no metadata.name.',
    'It cannot be applied twice.',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  ],
  'object.generatedName': [
    'information',
    'cluster',
    'The object has generateName and no name.',
    'It is made once for what it says, under a name that follows from that, and once more when it changes. Those before it are never pruned.',
    'https://kubernetes.io/docs/reference/using-api/api-concepts/#generated-values',
  ],
  'object.tooLarge': [
    'error',
    'cluster',
    'The object is larger than a cluster stores.',
    'etcd refuses what is larger than 1.5 MiB.',
    'https://etcd.io/docs/v3.6/dev-guide/limit/',
  ],
  'object.unknownKind': [
    'error',
    'cluster',
    'The cluster does not serve this kind in this version.',
    'The object is refused: the version was removed, or its CustomResourceDefinition is not installed.',
    'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  ],
  'object.misspelt': [
    'warning',
    'text',
    'A key that every object has is written nearly right.',
    'Without apiVersion and kind nobody knows what the document is; what stands at a wrong key of metadata is dropped.',
    objects,
  ],
  'object.otherVersion': [
    'warning',
    'cluster',
    'The definitions at hand have this kind in other versions only, or a kind of nearly this name.',
    'The server refuses the object, unless it serves what the definitions do not say.',
    'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  ],
  'object.serverFields': [
    'information',
    'cluster',
    'Fields that the server writes stand in the manifest.',
    'They are left out when it is applied; a resourceVersion would make it fail.',
    api,
  ],
  'object.namespaceIgnored': [
    'warning',
    'cluster',
    'A kind of the whole cluster is given a namespace.',
    'It has none: the line means nothing.',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  ],
  'object.otherNamespace': [
    'warning',
    'cluster',
    'The manifest names another namespace than the target.',
    'It goes where the manifest says, perhaps not where it is looked for.',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  ],
  'object.duplicate': [
    'error',
    'cluster',
    'The same object is written twice.',
    'The later one overwrites the earlier; which is later depends on the order of the files.',
    objects,
  ],
  'object.missing': [
    'warning',
    'cluster',
    'An object that this one needs is neither in the cluster nor among the manifests.',
    'Pods that mount it or read it do not start.',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
  ],
  'object.missingKey': [
    'warning',
    'cluster',
    'The ConfigMap or Secret is there, but has no such key.',
    'Pods that read it do not start.',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
  ],
  'object.missingPort': [
    'warning',
    'cluster',
    'The Service is there, but has no such port.',
    'Who asks for it by this port (an Ingress, a route) is answered with an error by the controller that leads there.',
    'https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource',
  ],
  'object.selectsNothing': [
    'warning',
    'cluster',
    'No pods have the labels that are selected: none in the cluster, and no manifest makes any.',
    'A Service without pods answers nobody; a NetworkPolicy or PodDisruptionBudget protects nothing.',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  ],
  'object.ownSelector': [
    'error',
    'text',
    'The selector of a workload does not fit the labels of its own template.',
    'The API server refuses the object.',
    'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
  ],
  'object.replicasScaled': [
    'information',
    'cluster',
    'An autoscaler sets the replicas.',
    'Sending spec.replicas would undo what it did; where only this extension holds the field, it is handed over first, so that the count does not fall.',
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  ],
  'manifest.template': [
    'error',
    'files',
    'The document is a template.',
    'What it becomes is not known here, so it is neither checked in full nor applied; in a check alone it is information.',
    'https://helm.sh/docs/helm/helm_template/',
  ],
  'render.failed': [
    'warning',
    'files',
    'A kustomization or chart cannot be rendered.',
    'The program that applies it will say the same; its sources are looked at one by one until then, and what they come to is not checked.',
    'https://kubectl.docs.kubernetes.io/references/kustomize/',
  ],
  'render.unavailable': [
    'information',
    'files',
    'A kustomization or chart is not checked as rendered.',
    'It takes kustomize or kubectl, or helm, which is not installed here, or it is made of something that lies elsewhere: nothing is fetched for a check.',
    'https://kubectl.docs.kubernetes.io/references/kustomize/',
  ],
  'deploy.sharedObjects': [
    'information',
    'cluster',
    'Two targets of one deploy are one cluster and have objects in common.',
    'They are equal, so the order does not matter; with other content the last one would win, and that is refused.',
    'https://kubernetes.io/docs/reference/using-api/server-side-apply/',
  ],
  'deploy.patchUnmatched': [
    'error',
    'files',
    'A patch of a target changes no object.',
    'What it should change would go out as it is; the name or kind may be mistyped.',
    'https://datatracker.ietf.org/doc/html/rfc7386',
  ],
  'deploy.secretShown': [
    'error',
    'files',
    'A decrypted value stands in an object that is no Secret.',
    'Plans, diffs and whoever may read the object show it.',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
  ],
  'object.randomKept': [
    'information',
    'cluster',
    'A chart draws a value at random each time it is rendered.',
    'Sending another one each time would change a password or a key with every deploy, so the live value is kept.',
    'https://helm.sh/docs/chart_template_guide/function_list/#cryptographic-and-security-functions',
  ],
  'object.randomName': [
    'warning',
    'cluster',
    'A chart draws the name of an object at random each time it is rendered.',
    'Each deploy makes another one, and nobody takes the earlier ones away.',
    'https://helm.sh/docs/chart_template_guide/function_list/#cryptographic-and-security-functions',
  ],
  'render.hookLeftOut': [
    'information',
    'files',
    'An object is a hook of Helm or Argo CD that is not for an installation, upgrade or sync.',
    'It is run when a release is tested, rolled back or deleted, or when a sync fails; a deploy leaves it out.',
    'https://helm.sh/docs/topics/charts_hooks/',
  ],
  'deploy.passedOver': [
    'information',
    'files',
    'A file was passed over.',
    'It holds no manifest, belongs to another tool, or git ignores it.',
    objects,
  ],
  'deploy.orderCut': [
    'information',
    'files',
    'An object goes out earlier than its wave or weight says.',
    'Another one names it and goes out before: waiting for the annotation, both would wait forever.',
    'https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/',
  ],
  'deploy.notNoted': [
    'warning',
    'cluster',
    'What is deployed is not noted in the cluster.',
    'Its ConfigMap cannot be read or written by this user, so nothing is pruned later, and Undeploy does not know of it.',
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/3659-kubectl-apply-prune',
  ],
  'deploy.templateCloned': [
    'information',
    'cluster',
    'A changed template of Cluster API is made under another name.',
    'Templates cannot be changed; whatever names it in this deploy is pointed to the new one, and Cluster API then rolls the machines.',
    'https://cluster-api.sigs.k8s.io/tasks/updating-machine-templates',
  ],
  'file.partial': [
    'information',
    'text',
    'From here on only what is on the screen is checked.',
    'The file is so large that reading it whole would keep the editor waiting; the command line reads all of it.',
    api,
  ],
  'yaml.syntax': ['error', 'text', 'The text is no YAML.', 'kubectl and every controller refuse it.', yamlSpec],
  'yaml.duplicateKey': [
    'error',
    'text',
    'A key stands twice in a mapping.',
    'YAML forbids it; kubectl takes the last one and says nothing.',
    `${yamlSpec}#3213-node-comparison`,
  ],
  'yaml.ambiguous': [
    'information',
    'text',
    'kubectl reads the value as something else than a text.',
    'It reads YAML 1.1 scalars: `on` is true, `0644` is 420, `1e3` is a number.',
    kubectlYaml,
  ],
  'yaml.notANumber': [
    'error',
    'text',
    'The value is infinite or no number.',
    'JSON has no such number, so kubectl refuses the document.',
    kubectlYaml,
  ],
  'yaml.character': [
    'error',
    'text',
    'A NUL or a character that is no valid UTF-8 stands here.',
    'The API server refuses the document.',
    `${yamlSpec}#51-character-set`,
  ],
  'yaml.conflict': [
    'error',
    'text',
    'git left a merge conflict open here.',
    'Neither side is what was meant.',
    'https://git-scm.com/docs/git-merge#_how_conflicts_are_presented',
  ],
  'yaml.tooLarge': [
    'error',
    'text',
    'The document is larger than any object may be, so it is not read.',
    'The API server takes requests of about 3 MiB.',
    api,
  ],
  'yaml.tooDeep': [
    'error',
    'text',
    'The document is nested more deeply than any object is, so it is not read.',
    'Such texts bring parsers down.',
    yamlSpec,
  ],
  'setting.unknown': [
    'warning',
    'text',
    'The program that reads this configuration knows no setting of this name.',
    'It does nothing, or the program refuses the whole file.',
    cloudConf,
  ],
  'setting.value': [
    'warning',
    'text',
    'The value is none that the program takes for this setting.',
    'It counts as not set, or the program does not start.',
    cloudConf,
  ],
  'setting.notText': [
    'error',
    'text',
    'The value of a setting is a number or a boolean where a text is wanted.',
    'The API server refuses the object.',
    cloudConf,
  ],
  'setting.missing': [
    'error',
    'text',
    'A setting that another one needs is missing, or is turned off.',
    'cert-file and key-file work together only: with one alone no client certificate is shown. A host that is booted over the network needs its address there, a service those it depends on: they are refused.',
    cloudConf,
  ],
  'setting.ovn': [
    'error',
    'text',
    'The provider ovn is given a method of balancing that it does not have.',
    'It balances by SOURCE_IP_PORT only, and Octavia refuses every load balancer.',
    'https://docs.openstack.org/ovn-octavia-provider/latest/admin/driver.html',
  ],
  'setting.quote': [
    'error',
    'text',
    'A value is cut off where a comment begins.',
    'In a cloud.conf `#` and `;` begin a comment wherever they stand outside quotes, so that half a password is sent.',
    cloudConf,
  ],
  'section.unknown': [
    'warning',
    'text',
    'The cloud provider knows no section of this name.',
    'All that stands in it does nothing.',
    cloudConf,
  ],
  'section.value': ['warning', 'text', 'The section holds what it cannot hold.', 'It counts as not set.', cloudConf],
  'section.notText': ['error', 'text', 'A section is no section but a value.', 'What it was to say is not heard.', cloudConf],
  'section.name': [
    'warning',
    'text',
    'A load balancer class has no name.',
    'No Service can name it, so it is never used.',
    cloudConf,
  ],
  'secret.whitespace': [
    'error',
    'text',
    'A value of a Secret begins or ends with white space.',
    'Gardener refuses such credentials: a line feed at the end is a part of the password.',
    'https://github.com/gardener/gardener-extension-provider-openstack/blob/master/docs/usage/usage.md',
  ],
  'argument.value': [
    'error',
    'text',
    'An argument of a program has a value that it does not take.',
    'The Pod does not start.',
    'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/magnum/README.md',
  ],
  'argument.removed': [
    'error',
    'text',
    'An argument of the program in this version is removed.',
    'The Pod does not start: external-dns has no provider "designate" of its own any more.',
    'https://github.com/kubernetes-sigs/external-dns/releases',
  ],
  'template.version': [
    'error',
    'text',
    'Heat knows no template version of this name.',
    'It refuses the template before it makes anything.',
    hot,
  ],
  'template.section': [
    'error',
    'text',
    'A Heat template, parameter, resource or environment has a key that Heat does not know there.',
    'Heat refuses the whole file.',
    hot,
  ],
  'template.parameter': [
    'error',
    'text',
    'A parameter of a Heat template has no type, or a default that its own constraints refuse.',
    'Heat refuses the template, or every stack that gives no other value.',
    hot,
  ],
  'template.target': [
    'error',
    'text',
    'A function or depends_on names a parameter, resource or condition that the Heat template does not have.',
    'Heat refuses the template.',
    hot,
  ],
  'template.function': [
    'warning',
    'text',
    'A function is used that this version of the Heat template language does not have.',
    'It counts as a mapping like any other, so that the property gets a value of the wrong type.',
    hot,
  ],
  'template.property': [
    'error',
    'text',
    'A resource of a Heat template lacks a property that its type cannot be without, or has two that exclude each other.',
    'Heat refuses the template, or fails when it comes to this resource and rolls back the others.',
    heatTypes,
  ],
  'template.resource': [
    'error',
    'text',
    'A resource of a Heat template has no type, a type that Heat has no more, or a deletion policy that there is not.',
    'Heat refuses the template.',
    heatTypes,
  ],
  'template.file': [
    'warning',
    'files',
    'A Heat template or environment names a file beside it that is not there.',
    'The client reads such files and sends them along: it stops at the first that it does not find.',
    hot,
  ],
  'environment.parameter': [
    'error',
    'files',
    'An environment gives a value to a parameter that no Heat template beside it has.',
    'Heat refuses the stack: the parameter was not defined in the template.',
    'https://docs.openstack.org/heat/latest/template_guide/environment.html',
  ],
  'template.cycle': [
    'error',
    'text',
    'Resources of a Heat template wait for each other.',
    'Heat refuses the template: none of them could be made first.',
    hot,
  ],
  'property.value': [
    'error',
    'text',
    'A property of a resource in a Heat template has a value that its type does not take.',
    'Heat refuses the template; of a default it refuses every stack that gives no other value.',
    heatTypes,
  ],
  'property.notText': [
    'error',
    'text',
    'A property of a resource in a Heat template is a number or a boolean where a text is wanted.',
    'Heat refuses the template.',
    heatTypes,
  ],
  'property.unknown': [
    'warning',
    'text',
    'The type of a resource in a Heat template has no property of this name.',
    'Heat refuses the template.',
    heatTypes,
  ],
  'credential.incomplete': [
    'warning',
    'text',
    'A part of a sign-in is missing that the rest cannot do without: a domain beside a name, a key beside a certificate.',
    'Keystone refuses the sign-in, or the certificate is not shown.',
    cloudsYaml,
  ],
  'credential.scope': [
    'error',
    'text',
    'A project or domain is given beside an application credential.',
    'An application credential belongs to one project already; Keystone refuses to scope it.',
    'https://docs.openstack.org/keystone/latest/user/application_credentials.html',
  ],
  'credential.type': [
    'information',
    'text',
    'An application credential is given without the auth_type that says so.',
    'The openstack command looks for a password then; programs in Go find out by themselves.',
    cloudsYaml,
  ],
  'credential.url': [
    'error',
    'text',
    'The address of Keystone is no address, or that of an API that there is no more.',
    'Nobody can sign in.',
    cloudsYaml,
  ],
  'credential.mixed': [
    'warning',
    'text',
    'OS_CLOUD is set together with variables that change a part of that cloud.',
    'The variables win over the entry in part, so that one signs in as somebody else, or elsewhere.',
    cloudsYaml,
  ],
  'credential.plain': [
    'hint',
    'text',
    'A password stands in the same file as the description of the cloud.',
    'Such a file is passed on easily; secure.yaml beside it is merged over it and can be kept back.',
    cloudsYaml,
  ],
  'credential.path': [
    'warning',
    'text',
    'A clouds.yaml in a Secret names the file of a certificate.',
    'The path is looked for in the Pod that reads the Secret, where it hardly is: the connection fails with an unknown authority.',
    capo,
  ],
  'credential.unverified': [
    'information',
    'text',
    'The certificate of the cloud is not checked.',
    'Anybody on the way to the cloud can read what is sent, the password first.',
    cloudsYaml,
  ],
  'schema.unknownField': [
    'warning',
    'cluster',
    'The kind has no field of this name.',
    'The server drops it in silence, or refuses it where it is strict: mostly a misspelling or a wrong indentation.',
    'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  ],
  'schema.type': ['error', 'cluster', 'The value is of another type than the field.', 'The server refuses the object.', openapi],
  'schema.enum': [
    'error',
    'cluster',
    'The value is none of those that the field takes.',
    'The server refuses the object.',
    openapi,
  ],
  'schema.required': [
    'warning',
    'cluster',
    'A field that must be there is missing.',
    'The server refuses the object, unless an admission hook fills it in.',
    openapi,
  ],
  'schema.value': ['error', 'cluster', 'The value is out of the bounds of the field.', 'The server refuses the object.', openapi],
  'schema.duplicate': [
    'error',
    'cluster',
    'Two items of the list have the same key.',
    'The server refuses the object, or merges the two into one.',
    'https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy',
  ],
  'yaml.notText': [
    'error',
    'text',
    'kubectl reads a plain value as a number or a boolean where only texts may stand.',
    'The API server refuses the object: labels, annotations and data of a ConfigMap are texts.',
    kubectlYaml,
  ],
  'yaml.tab': [
    'error',
    'text',
    'A tab stands where the line is indented.',
    'kubectl takes only spaces there.',
    `${yamlSpec}#61-indentation-spaces`,
  ],
  'yaml.directive': ['error', 'text', 'The file begins with a directive.', 'kubectl refuses it.', kubectlYaml],
  'yaml.alias': [
    'error',
    'text',
    'An alias has no anchor above it in its document.',
    'kubectl refuses it; anchors do not reach beyond `---`.',
    `${yamlSpec}#71-alias-nodes`,
  ],
  'yaml.key': [
    'error',
    'text',
    'A key is null, a list or a mapping.',
    'Keys of objects are texts; kubectl refuses it.',
    kubectlYaml,
  ],
  'yaml.merge': [
    'error',
    'text',
    '`<<` merges something else than mappings.',
    'kubectl refuses it.',
    'https://yaml.org/type/merge.html',
  ],
  'yaml.mergeOrder': [
    'warning',
    'text',
    '`<<` stands behind keys that it brings along, too.',
    'kubectl then takes what is merged and not what is written beside it.',
    kubectlYaml,
  ],
  'api.removed': [
    'error',
    'cluster',
    'An API version is used that the release to be upgraded to does not serve any more.',
    'What is kept stays, but who writes it in that version (a pipeline, a chart, a controller) is refused from then on.',
    deprecation,
  ],
  'api.deprecated': [
    'warning',
    'cluster',
    'An API version is used that is deprecated in the release to be upgraded to.',
    'It works still; a later release takes it away.',
    deprecation,
  ],
  'api.requested': [
    'warning',
    'cluster',
    'Somebody asked the API server for an API version that goes with the upgrade.',
    'Its requests are refused then, although no manifest and no object may show it.',
    apiWarnings,
  ],
  'api.stored': [
    'error',
    'cluster',
    'A definition of custom resources may still keep objects in a version that goes with the upgrade.',
    'The API server refuses the new definition as long as the version stands among the stored ones.',
    crdVersions,
  ],
  'suppression.reason': [
    'information',
    'text',
    'A comment ignores a finding and does not say why.',
    'Nobody will know later whether it still holds.',
    ours,
  ],
  'suppression.unused': [
    'information',
    'text',
    'A comment ignores what is not there.',
    'It would hide the same mistake when somebody makes it later.',
    ours,
  ],
});

/** The page about every code, in Markdown: what it is, why it matters, who says so. */
export function findingsPage(): string {
  const sections = Object.entries(codes).map(
    ([code, { severity, needs, what, why, source }]) =>
      `${headingOf(code)}\n\n${what} ${why}\n\n*${severity}, ${asked[needs]}* · [source](${source})\n`,
  );
  return `${introduction}\n${sections.join('\n')}`;
}

/** Line of {@link findingsPage}, from 1, on which the section of a code begins; undefined for a code without one. */
export function pageLineOf(code: string): number | undefined {
  if (!Object.hasOwn(codes, code)) return undefined;
  lines ??= findingsPage().split('\n');
  return lines.indexOf(headingOf(code)) + 1;
}

let lines: readonly string[] | undefined;

const asked = {
  text: 'found in the text alone',
  files: 'found in the files of a deploy or a check of a folder',
  cloud: 'found by asking the cloud',
  cluster: 'found by asking the cluster',
} as const;

const introduction = `# Findings

What the editor and \`hybrid-clusters check\` tell about manifests, by code. A finding that is meant stays silent by a comment with a reason, on its line or the one before:

\`\`\`yaml
# hybrid-clusters: ignore reference.missing – Terraform makes this network first
loadbalancer.openstack.org/network-id: 7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11
\`\`\`

Several codes stand with commas between them; \`reference.*\` is the whole family. What a code weighs is set by \`hybridClusters.check.severity\`, on the command line by \`--severity code=warning\`.
`;

function headingOf(code: string): string {
  return `## <a id="${code}"></a>${code}`;
}

function rows(table: Readonly<Record<string, Line>>): Readonly<Record<string, CodeRow>> {
  const read = ([code, [severity, needs, what, why, source]]: [string, Line]) =>
    [code, { severity, needs, what, why, source }] as const;
  return Object.fromEntries(Object.entries(table).map(read));
}

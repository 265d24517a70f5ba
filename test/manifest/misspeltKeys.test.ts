/** What is written nearly right where every object has the same: first keys, metadata, the kind and version of a definition at hand. */
import { describe, it } from 'node:test';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = fakeCloud(`
network.network:
  - { id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private }
  - { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }
network.subnet: [{ id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, name: private-v4, network_id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11 }]
`);

const cases: Readonly<Record<string, string>> = {
  'the first keys of a document': `
apiVersion: v1
kid: Service
#^^^ error object.misspelt: Objects have no field "kid". Did you mean "kind"?
metadata: {name: a}
---
apiversion: apps/v1
#^^^^^^^^^^ error object.misspelt: Objects have no field "apiversion". Did you mean "apiVersion"?
kind: Deployment
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata:
  nmae: a
# ^^^^ warning object.misspelt: Objects have no field "nmae". Did you mean "name"?
  namespace: shop
  label: {app: web}
# ^^^^^ warning object.misspelt: Objects have no field "label". Did you mean "labels"?`,
  'files of others that have an apiVersion, or a kind, too': `
apiVersion: v2
name: a chart of Helm
kin: of nobody
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: a, title: A, tags: [shop], links: []}
---
kind: Deployment
version: v1
---
kind: pipeline
apiVer: 3
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, names: b}
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {nam: a}
#              ^^^ warning object.misspelt: Objects have no field "nam". Did you mean "name"?`,
  'versions and kinds that the definitions at hand do not have': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget}
  versions:
    - {name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}
    - {name: v1beta1, served: false, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: example.org/v1beta1
#           ^^^^^^^^^^^^^^^^^^^ warning object.otherVersion: Widget is defined in v1, not in v1beta1; a server with these definitions refuses it.
kind: Widget
metadata: {name: old}
---
apiVersion: example.org/v1
kind: Wigdet
#     ^^^^^^ warning object.otherVersion: example.org has no kind "Wigdet" by these definitions. Did you mean "Widget"?
metadata: {name: wrong}
---
apiVersion: example.org/v1
kind: Gadget
metadata: {name: of a definition that is elsewhere}
---
apiVersion: example.net/v1
kind: Widget
metadata: {name: of another group}
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: right}
spec: {size: 1}`,
  'a template that has its keys, and one whose keys are to be rendered': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget}
  versions:
    - {name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, required: [size], properties: {size: {type: integer}}}}}}}
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: "\${NAME}-widget"}
spec:
  size: \${SIZE}
  colour: \${COLOUR:=red}
# ^^^^^^ warning schema.unknownField: spec has no field "colour", so the server drops or refuses it.
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: {{ .Release.Name }}}
spec:
  {{ .Values.key }}: 1
  colour: red`,
  'one mistake is said once: what hangs on a wrong network, and a condition nobody can judge': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0bad
#                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No network with id e53fcbba… in project demo (cloud demo, RegionOne). Did you mean "private"?
    loadbalancer.openstack.org/subnet-id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7
    loadbalancer.openstack.org/subnet-id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
#                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network of network-id.
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
spec: {externalNetwork: {filter: {nmae: public}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
spec: {network: {filter: {tags: []}}}
#                         ^^^^^^^^ error reference.ambiguous: Two networks match this filter in project demo (cloud demo, RegionOne); name one by id.`,
  'parameters for the programs beside a storage driver': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: nfs.manila.csi.openstack.org
parameters:
  csi.storage.k8s.io/provisioner-secretname: csi-manila-secrets
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning parameter.unknown: The CSI provisioner knows no parameter "csi.storage.k8s.io/provisioner-secretname", so it does nothing. Did you mean "csi.storage.k8s.io/provisioner-secret-name"?
  csi.storage.k8s.io/node-stage-secret-name: csi-manila-secrets
  csi.storage.k8s.io/of-a-later-version: kept`,
};

describe('what is nearly right', () => {
  for (const [name, text] of Object.entries(cases)) it(name, () => assertFindings(text, cloud));
});

describe('a workload and the pods of its own template', () => {
  it('must fit; a patch, a template and a Job say nothing of it', () =>
    assertFindings(
      `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector:
    matchLabels:
      app: web
#          ^^^ error object.ownSelector: The pods of this Deployment are selected by app: web, and their template has app: wbe; the API server refuses that.
      tier: front
#           ^^^^^ error object.ownSelector: The pods of this Deployment are selected by tier: front, and their template has no such label; the API server refuses that.
      env: live
  template:
    metadata: {labels: {app: wbe, env: live, more: x}}
    spec: {containers: [{name: c, image: i}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a patch}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {more: x}}
    spec: {containers: [{name: c, env: []}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: nothing of its labels}
spec:
  selector: {matchLabels: {app: web}}
  template: {spec: {containers: [{name: c, image: i}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: b}
spec:
  selector: {matchLabels: {app: "\${APP}"}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}`,
      cloud,
    ));
});

/** What manifests name in Kubernetes against what others declare and the cluster has. The expectation stands below the line, as `# ^^^ code: message`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Binding } from '../../src/binding/binding.ts';
import type { LanguageHost } from '../../src/language/host.ts';
import { NameIndex } from '../../src/language/nameIndex.ts';
import { ObjectCheck } from '../../src/language/objectCheck.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import type { KubernetesFindParams } from '../../src/protocol.ts';

interface World {
  readonly binding?: Binding;
  /** `Secret shop/tls`, `StorageClass fast`, `Secret shop/tls: cert, key`, `Pod shop/: app=web`. */
  readonly live?: readonly string[];
  /** Texts of files that are not open. */
  readonly files?: readonly string[];
  readonly answers?: boolean;
  readonly complete?: boolean;
}

const never = new AbortController().signal;
const bound: Binding = { context: 'sandbox', namespace: 'shop' };

class Scene {
  readonly asked: string[] = [];
  now = 0;
  readonly check: ObjectCheck;
  readonly #document: OpenDocument;
  readonly #binding: Binding | undefined;

  constructor(text: string, { binding = bound, live = [], files = [], answers = true, complete = true }: World) {
    this.#document = new OpenDocument('a.yaml', 1, text);
    while (this.#document.read(1000));
    this.#binding = binding;
    const host: LanguageHost = {
      find: undefined,
      list: undefined,
      schema: undefined,
      binding: undefined,
      kubernetesFind: async ({ objects }: KubernetesFindParams) => ({
        epoch: 1,
        value: objects.map(({ apiVersion, kind, namespace, name, part, selector }) => {
          const one = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
          this.asked.push(`${apiVersion} ${one}${selector === undefined ? '' : `: ${selector}`}`);
          if (!answers) return 'unknown';
          if (selector !== undefined) return live.includes(`${one}: ${selector}`) ? 'found' : 'missing';
          const there = live.find((other) => other.split(':')[0] === one);
          const parts = there?.split(': ')[1]?.split(', ');
          return !there ? 'missing' : parts && part !== undefined && !parts.includes(part) ? 'lacking' : 'found';
        }),
      }),
      workspaceManifests: async () => ({
        files: files.map((content, index) => ({ uri: `${index}.yaml`, text: content, binding })),
        complete,
      }),
    };
    this.check = new ObjectCheck(host, new NameIndex(() => [this.#file], host), () => this.now);
  }

  get #file() {
    return { document: this.#document, binding: async () => ({ binding: this.#binding, place: undefined }) };
  }

  async annotated(): Promise<string> {
    const found = await this.check.check(this.#file, never);
    const lines = this.#document.text.split('\n').map((line) => [line]);
    for (const placed of this.#document.sections)
      for (const { range, severity, code, message } of found.get(placed.section) ?? []) {
        const { start, end } = this.#document.toRange(placed, range);
        const carets = '^'.repeat(end.character - start.character);
        lines[start.line]?.push(`#${' '.repeat(start.character - 1)}${carets} ${severity} ${code}: ${message}`);
      }
    return lines.flat().join('\n');
  }
}

async function assertWarns(annotated: string, world: World = {}): Promise<Scene> {
  const text = annotated
    .split('\n')
    .filter((line) => !/^#\s+\^/.test(line))
    .join('\n');
  const scene = new Scene(text, world);
  assert.equal(await scene.annotated(), annotated);
  return scene;
}

const cluster = (annotation = '') => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: a}
spec:
  identityRef:
    name: cloud-config
${annotation}    cloudName: openstack
`;
const missing = `#         ^^^^^^^^^^^^ warning object.missing: Secret "cloud-config" is in no manifest of this workspace and not in namespace shop of sandbox; OpenStackCluster needs it.
`;
const pod = (inner: string) => `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: c
${inner}`;

describe('the Secret of identityRef', () => {
  it('is missed when no manifest declares it and the cluster has none', async () => {
    const { asked } = await assertWarns(cluster(missing));
    assert.deepEqual(asked, ['v1 Secret shop/cloud-config']);
  });

  it('is there in the cluster', () => assertWarns(cluster(), { live: ['Secret shop/cloud-config'] }).then(() => undefined));

  it('of another namespace is not this one', async () => {
    await assertWarns(cluster(missing), { live: ['Secret default/cloud-config'] });
  });

  it('is declared in a file that is not open: nobody is asked', async () => {
    const { asked } = await assertWarns(cluster(), {
      files: ['apiVersion: v1\nkind: Secret\nmetadata: {name: cloud-config, namespace: shop}\n'],
    });
    assert.deepEqual(asked, []);
  });

  for (const [name, text] of Object.entries({
    'a generator of Kustomize':
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator: [{name: cloud-config}]\n',
    'a kustomization that says neither apiVersion nor kind': 'secretGenerator: [{name: cloud-config, envs: [a.env]}]\n',
    'a component of Kustomize':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nsecretGenerator: [{name: cloud-config}]\n',
    'External Secrets':
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x}\nspec: {target: {name: cloud-config}}\n',
    'External Secrets, under its own name':
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: cloud-config}\n',
    'Sealed Secrets': 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cloud-config}\n',
    'cert-manager': 'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x}\nspec: {secretName: cloud-config}\n',
  }))
    it(`is made by ${name}`, async () => {
      await assertWarns(cluster(), { files: [text] });
    });

  it('is not accused when the cluster cannot be asked, no context is bound, or nobody knows the namespace', async () => {
    await assertWarns(cluster(), { answers: false });
    for (const binding of [{ cloud: 'demo' }, { context: 'sandbox' }]) {
      const { asked } = await assertWarns(cluster(), { binding });
      assert.deepEqual(asked, []);
    }
  });

  it('is not accused when the workspace holds more files than are read', async () => {
    const { asked } = await assertWarns(cluster(), { complete: false });
    assert.deepEqual(asked, []);
  });

  it('is missed as well where an object of the OpenStack resource controller names it', async () => {
    await assertWarns(`apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: n, namespace: net}
spec:
  cloudCredentialsRef:
    secretName: clouds
#               ^^^^^^ warning object.missing: Secret "clouds" is in no manifest of this workspace and not in namespace net of sandbox; Network needs it.
    cloudName: openstack
`);
  });

  it('is no Secret when it says that it is a ClusterIdentity', async () => {
    const { asked } = await assertWarns(cluster().replace('cloudName: openstack', 'type: ClusterIdentity'));
    assert.deepEqual(asked, []);
  });
});

describe('what a pod needs', () => {
  it('is missed, each where it is named', async () => {
    await assertWarns(
      pod(`      envFrom: [{configMapRef: {name: settings}}]
#                                     ^^^^^^^^ warning object.missing: ConfigMap "settings" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it.
  serviceAccountName: robot
#                     ^^^^^ warning object.missing: ServiceAccount "robot" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it.
  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
#                                                        ^^^^ warning object.missing: PersistentVolumeClaim "data" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it.
`),
    );
  });

  it('that is called a little otherwise in a manifest of the same namespace is offered', async () => {
    const settings = (name: string, namespace = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${namespace}}\n`;
    await assertWarns(
      pod(`      envFrom: [{configMapRef: {name: setings}}]
#                                     ^^^^^^^ warning object.missing: ConfigMap "setings" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it. Did you mean "settings"?
`),
      { files: [settings('settings'), settings('setting', ', namespace: other'), settings('far-away')] },
    );
  });

  it('is not missed where it may be absent, comes with every namespace, or is still to be filled in', async () => {
    const { asked } = await assertWarns(
      pod(`      envFrom: [{configMapRef: {name: settings, optional: true}}, {secretRef: {name: "\${NAME}"}}]
  serviceAccountName: default
  imagePullSecrets: [{name: registry}]
  volumes: [{name: d, configMap: {name: kube-root-ca.crt}}]
`),
    );
    assert.deepEqual(asked, []);
  });

  it('is not missed in text that is to be rendered first', async () => {
    await assertWarns(pod('      image: {{ .Values.image }}\n      envFrom: [{configMapRef: {name: settings}}]\n'));
  });

  it('of the whole cluster is looked for there', async () => {
    await assertWarns(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec:
  storageClassName: fast
#                   ^^^^ warning object.missing: StorageClass "fast" is in no manifest of this workspace and not in sandbox; PersistentVolumeClaim needs it.
`);
  });

  it('is a key that the declared ConfigMap has not; one that is made otherwise may have any', async () => {
    const keyed = (annotation: string, kind = 'ConfigMap') =>
      `${pod(`      env:
        - name: COLOR
          valueFrom: {configMapKeyRef: {name: settings, key: color}}
${annotation}`)}---
apiVersion: v1
kind: ${kind}
metadata: {name: settings}
data: {colour: red}
`;
    await assertWarns(
      keyed(
        `#                                                            ^^^^^ warning object.missingKey: ConfigMap "settings" has no key "color"; Pod needs it. It has "colour".\n`,
      ),
    );
    const generated = keyed('').replace(
      /---[\s\S]*/,
      '---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator: [{name: settings}]\n',
    );
    await assertWarns(generated);
    await assertWarns(keyed(''), {
      files: ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {color: red}\n'],
    });
  });

  const service = `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{name: http, port: 80}]}
`;

  it('is a port that the declared Service has not, by number or by name', async () => {
    await assertWarns(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend: {service: {name: web, port: {name: http}}}
  rules:
    - http:
        paths:
          - backend: {service: {name: web, port: {number: 8080}}}
#                                                         ^^^^ warning object.missingPort: Service "web" has no port "8080"; Ingress needs it. It has "http", "80".
          - backend: {service: {name: web, port: {number: 80}}}
          - backend: {service: {name: elsewhere, port: {number: 81}}}
#                                     ^^^^^^^^^ warning object.missing: Service "elsewhere" is in no manifest of this workspace and not in namespace shop of sandbox; Ingress needs it.
${service}`);
    const route = (name: string, annotation: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  rules:
    - backendRefs:
        - name: ${name}
          port: 443
${annotation}${service}`;
    await assertWarns(
      route(
        'web',
        `#               ^^^ warning object.missingPort: Service "web" has no port "443"; HTTPRoute needs it. It has "http", "80".\n`,
      ),
    );
    await assertWarns(route('web', '').replace('spec: {ports', 'spec: {type: ExternalName, ports'));
  });

  it('is asked for again after 30 seconds, and at once when the world has changed', async () => {
    const scene = new Scene(cluster(), {});
    for (const [seconds, times] of [
      [0, 1],
      [29, 1],
      [31, 2],
    ] as const) {
      scene.now = seconds * 1000;
      await scene.annotated();
      assert.equal(scene.asked.length, times);
    }
    scene.check.forget();
    await scene.annotated();
    assert.equal(scene.asked.length, 3);
  });
});

describe('the parts of what is in the cluster alone', () => {
  const uses = (annotations: readonly [string, string]) =>
    `${pod(`      env:
        - name: COLOR
          valueFrom: {secretKeyRef: {name: settings, key: color}}
${annotations[0]}  volumes:
    - name: files
      secret:
        secretName: settings
        items: [{key: tls.crt, path: a}, {key: tls.key, path: b}]
${annotations[1]}`)}`;

  it('are missed, each where it is asked for, and the object is asked of once a part', async () => {
    const { asked } = await assertWarns(
      uses([
        `#                                                         ^^^^^ warning object.missingKey: Secret "settings" in namespace shop of sandbox has no key "color"; Pod needs it.\n`,
        `#                                              ^^^^^^^ warning object.missingKey: Secret "settings" in namespace shop of sandbox has no key "tls.key"; Pod needs it.\n`,
      ]),
      { live: ['Secret shop/settings: colour, tls.crt'] },
    );
    assert.equal(asked.length, 3);
  });

  it('are not asked for where the object is not there at all: that is said once a use', async () => {
    await assertWarns(
      uses([
        `#                                          ^^^^^^^^ warning object.missing: Secret "settings" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it.\n`,
        '',
      ]).replace(
        '        secretName: settings\n',
        `        secretName: settings\n#                   ^^^^^^^^ warning object.missing: Secret "settings" is in no manifest of this workspace and not in namespace shop of sandbox; Pod needs it.\n`,
      ),
    );
  });

  it('accuse nobody when they are there, or cannot be read', async () => {
    await assertWarns(uses(['', '']), { live: ['Secret shop/settings: color, tls.crt, tls.key'] });
    await assertWarns(uses(['', '']), { answers: false });
  });

  it('are the ports of a Service, for an Ingress and a webhook', async () => {
    await assertWarns(
      `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
#                   ^^^^^ warning object.missing: IngressClass "nginx" is in no manifest of this workspace and not in sandbox; Ingress needs it.
  defaultBackend: {service: {name: web, port: {name: https}}}
#                                                    ^^^^^ warning object.missingPort: Service "web" in namespace shop of sandbox has no port "https"; Ingress needs it.
  rules:
    - http:
        paths:
          - backend: {service: {name: web, port: {number: 80}}}
          - backend: {service: {name: gone, port: {number: 80}}}
#                                     ^^^^ warning object.missing: Service "gone" is in no manifest of this workspace and not in namespace shop of sandbox; Ingress needs it.
          - backend: {resource: {apiGroup: k8s.example.org, kind: Bucket, name: files}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
  - name: a.example.org
    clientConfig: {service: {name: guard, namespace: system, port: 8443}}
#                                                                  ^^^^ warning object.missingPort: Service "guard" in namespace system of sandbox has no port "8443"; ValidatingWebhookConfiguration needs it.
  - name: b.example.org
    clientConfig: {url: "https://guard.example/b"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {rules: [{backendRefs: [{name: web, port: 80}, {group: example.org, kind: Bucket, name: files, port: 1}]}]}
`,
      { live: ['Service shop/web: http, 80', 'Service system/guard: 443'] },
    );
  });
});

describe('what selects pods', () => {
  const service = (annotation = '', labels = '{app: web}') => `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: ${labels}
${annotation}  ports: [{port: 80}]
`;
  const nothing = `# ^^^^^^^^ warning object.selectsNothing: No manifest of this workspace makes pods with app=web, and there are none in namespace shop of sandbox: this Service is about nothing.
`;
  const workload = (labels: string, more = '') =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web${more}}\nspec: {template: {metadata: {labels: ${labels}}, spec: {containers: []}}}\n`;

  it('is told when nobody makes such pods and there are none', async () => {
    const { asked } = await assertWarns(service(nothing), { files: [workload('{app: other}')] });
    assert.deepEqual(asked, ['v1 Pod shop/: app=web']);
  });

  it('is right by a template in the workspace, or by pods that run: nobody else is asked', async () => {
    const { asked } = await assertWarns(service(), { files: [workload('{app: web, tier: a}')] });
    assert.deepEqual(asked, []);
    await assertWarns(service(), { live: ['Pod shop/: app=web'] });
    await assertWarns(service(), { files: ['apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec: {}\n'] });
  });

  it('is not to be judged beside what makes pods of its own, or text that is to be rendered', async () => {
    for (const file of [
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\n',
      'apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: {name: shop}\n',
      workload('{app: "${APP}"}', ', namespace: "${SPACE}"'),
    ])
      assert.deepEqual((await assertWarns(service(), { files: [file] })).asked, []);
    assert.deepEqual((await assertWarns(service('', '{app: "${APP}"}'))).asked, []);
    assert.deepEqual((await assertWarns(service('', '{}'))).asked, []);
    assert.deepEqual((await assertWarns(service(), { complete: false })).asked, []);
    assert.deepEqual((await assertWarns(service(), { binding: { cloud: 'demo' } })).asked, []);
    await assertWarns(service(), { answers: false });
  });

  it('of another namespace makes no difference', async () => {
    await assertWarns(service(nothing).replace('name: web}', 'name: web, namespace: shop}'), {
      files: [
        workload('{app: web}', ', namespace: test'),
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: test}\n',
        'apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: shop}\n',
      ],
    });
  });

  it('is a NetworkPolicy or a PodDisruptionBudget, with all conditions of its selector', async () => {
    await assertWarns(
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: front}
spec: {podSelector: {matchExpressions: [{key: tier, operator: In, values: [front, edge]}]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: back}
spec:
  selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}
# ^^^^^^^^ warning object.selectsNothing: No manifest of this workspace makes pods with app=web,tier notin (front), and there are none in namespace shop of sandbox: this PodDisruptionBudget is about nothing.
`,
      { files: [workload('{app: web, tier: front}')] },
    );
  });
});

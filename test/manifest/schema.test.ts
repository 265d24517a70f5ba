import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkManifests } from '../../src/manifest/check.ts';
import { type Manifest, parseManifests } from '../../src/manifest/manifest.ts';
import { definedKinds } from '../../src/manifest/schema/customResources.ts';
import { type KindSchema, schemaAt } from '../../src/manifest/schema/fieldSchema.ts';
import { validate } from '../../src/manifest/schema/validate.ts';
import { withFindings, withoutExpectations } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Published as an API server does: Go types, references wrapped for a default, zeros as defaults. */
const deployments: KindSchema = {
  root: { $ref: '#/components/schemas/io.k8s.api.apps.v1.Deployment' },
  definitions: parse(`
io.k8s.api.apps.v1.Deployment:
  type: object
  properties:
    apiVersion: { type: string }
    kind: { type: string }
    metadata: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] }
    spec: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }] }
    status: { type: object, properties: { replicas: { type: integer } } }
io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta:
  type: object
  properties:
    name: { type: string }
    namespace: { type: string }
    creationTimestamp: { type: string, format: date-time }
    labels: { type: object, additionalProperties: { type: string, default: '' } }
io.k8s.api.apps.v1.DeploymentSpec:
  type: object
  required: [selector, template]
  properties:
    replicas: { type: integer, format: int32 }
    paused: { type: boolean }
    selector: { type: object, properties: { matchLabels: { type: object, additionalProperties: { type: string } } } }
    template: { default: {}, type: object, properties: { metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }, spec: { $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' } } }
io.k8s.api.core.v1.PodSpec:
  type: object
  required: [containers]
  properties:
    restartPolicy: { type: string, enum: [Always, Never, OnFailure] }
    containers:
      type: array
      items: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] }
      x-kubernetes-list-type: map
      x-kubernetes-list-map-keys: [name]
io.k8s.api.core.v1.Container:
  type: object
  required: [name]
  properties:
    name: { type: string, default: '' }
    image: { type: string }
    command: { type: array, items: { type: string, default: '' } }
    resources: { type: object, properties: { limits: { type: object, additionalProperties: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' } } } }
    ports:
      type: array
      x-kubernetes-list-type: map
      x-kubernetes-list-map-keys: [containerPort, protocol]
      items: { type: object, required: [containerPort], properties: { containerPort: { type: integer, default: 0 }, protocol: { type: string, default: TCP }, name: { type: string } } }
    probe: { type: object, properties: { port: { format: int-or-string, oneOf: [{ type: integer }, { type: string }] } } }
io.k8s.apimachinery.pkg.api.resource.Quantity: { oneOf: [{ type: string }, { type: number }] }
`),
};

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: { type: integer, minimum: 1, maximum: 5 }
                color: { type: string, enum: [red, green] }
                name: { type: string, pattern: '^[a-z]+$', maxLength: 8 }
                mode: { type: string, default: fast }
                port: { x-kubernetes-int-or-string: true }
                power: { type: string, enum: ['on', 'off', shut] }
                free: { type: object, x-kubernetes-preserve-unknown-fields: true, properties: { known: { type: integer } } }
                anything: { type: object }
                inner: { type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true }
                strict: { type: object, required: [mode], properties: { mode: { type: string, default: fast } } }
                tags: { type: array, x-kubernetes-list-type: set, maxItems: 3, items: { type: string } }
                slow: { type: string, pattern: '^(a+)+$' }
            status: { type: object, properties: { phase: { type: string } } }
    - { name: v1alpha1, served: false, storage: false, schema: { openAPIV3Schema: { type: object } } }
`;

const known = new Map<string, KindSchema>([['apps/v1 Deployment', deployments]]);
for (const text of [widgets, readFileSync(`${fixtures}crds/capo.yaml`, 'utf8'), readFileSync(`${fixtures}crds/orc.yaml`, 'utf8')])
  for (const { local } of parseManifests('crd.yaml', text))
    for (const { apiVersion, kind, schema } of definedKinds(local)) known.set(`${apiVersion} ${kind}`, schema);

function findingsOf({ local, apiVersion, kind, offset }: Manifest, kept?: string) {
  const schema = known.get(`${apiVersion} ${kind}`);
  const findings = schema && local.tree ? validate(local, { schema, ...(kept === undefined ? {} : { kept }) }) : [];
  return findings.map((one) => ({ ...one, range: { start: one.range.start + offset, end: one.range.end + offset } }));
}

function annotated(text: string): string {
  return withFindings(
    text,
    parseManifests('test.yaml', text).flatMap((manifest) => findingsOf(manifest)),
  );
}

const deployment = (spec: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, creationTimestamp: null }
${spec}`;

const cases: Readonly<Record<string, string>> = {
  'a misspelt field is told once, not also as missing': deployment(`spec:
  replcas: 2
# ^^^^^^^ warning schema.unknownField: spec has no field "replcas", so the server drops or refuses it. Did you mean "replicas"?
  selector: { matchLabels: { app: web } }
  template:
    spec:
      container: [{ name: web, image: nginx }]
#     ^^^^^^^^^ warning schema.unknownField: spec.template.spec has no field "container", so the server drops or refuses it. Did you mean "containers"?`),
  'values of another type': deployment(`specs: {}
#^^^^^ warning schema.unknownField: Deployment (apps/v1) has no field "specs", so the server drops or refuses it. Did you mean "spec"?
spec:
  replicas: "3"
#           ^^^ error schema.type: spec.replicas takes a whole number, not a text.
  paused: "true"
#         ^^^^^^ error schema.type: spec.paused takes true or false, not a text.
  selector: [app]
# ^^^^^^^^ error schema.type: spec.selector takes a mapping, not a list.
  template:
    spec:
      restartPolicy: never
#                    ^^^^^ error schema.enum: spec.template.spec.restartPolicy takes one of Always, Never, OnFailure. Did you mean "Never"?
      containers:
        - name: 1
#               ^ error schema.type: spec.template.spec.containers[0].name takes a text, not a whole number.
          image: nginx
          command: [sleep, 60, yes]
#                          ^^ error schema.type: spec.template.spec.containers[0].command[1] takes a text, not a whole number.
#                              ^^^ error schema.type: spec.template.spec.containers[0].command[2] takes a text, not true.
          probe: { port: 1.5 }
#                        ^^^ error schema.type: spec.template.spec.containers[0].probe.port takes a whole number or a text, not a number.`),
  'what is missing and what is there twice': deployment(`spec:
#^^^^ warning schema.required: spec must have a field "selector".
  template:
    spec:
      containers:
        - { name: web, image: nginx, ports: [{ containerPort: 80 }, { protocol: TCP, containerPort: 80 }, { protocol: UDP, containerPort: 80 }] }
#                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning schema.duplicate: spec.template.spec.containers[0].ports[1] has the same containerPort and protocol as item 0.
        - { image: nginx, ports: [{ name: web }] }
#         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning schema.required: spec.template.spec.containers[1] must have a field "name".
#                                 ^^^^^^^^^^^^^ warning schema.required: spec.template.spec.containers[1].ports[0] must have a field "containerPort".`),
  'traps: nulls, values to be filled in, merge keys, aliases, quantities, status': deployment(`x-labels: &labels { app: web }
#^^^^^^^^ warning schema.unknownField: Deployment (apps/v1) has no field "x-labels", so the server drops or refuses it.
spec:
  replicas: \${REPLICAS}
  paused:
  selector: { matchLabels: *labels }
  template:
    spec:
      restartPolicy: \${POLICY}
      containers:
        - &web { name: web, image: nginx, resources: { limits: { cpu: 2, memory: 1Gi } } }
        - { <<: *web, command: [a] }
#         ^^^^^^^^^^^^^^^^^^^^^^^^^^ warning schema.duplicate: spec.template.spec.containers[1] has the same name as item 0.
        - { name: port, image: nginx, probe: { port: http } }
        - { name: none, image: nginx, probe: { port: 80 } }
status: { replicas: many, conditions: [] }`),
  'traps: what patches leave out': `${deployment('spec: { replicas: 3 }')}
---
${deployment('spec: { template: { spec: { containers: [{ name: web, command: [a] }] } } }')}
---
${deployment('spec: { template: { spec: { containers: [{ $patch: delete, name: web }] } } }')}`,
  'custom resources: limits, enumerations, required, sets': `
apiVersion: example.org/v1
kind: Widget
metadata: { name: a, labels: { tier: 1 } }
#                                    ^ error schema.type: metadata.labels.tier takes a text, not a whole number.
spec:
  size: 9
#       ^ error schema.value: spec.size takes at most 5.
  color: blue
#        ^^^^ error schema.enum: spec.color takes one of red, green.
  name: Web
#       ^^^ error schema.value: spec.name takes a text that matches ^[a-z]+$.
  port: true
#       ^^^^ error schema.type: spec.port takes a whole number or a text, not true.
  tags: [a, b, a, c]
# ^^^^ error schema.value: spec.tags takes at most 3 items.
#              ^ error schema.duplicate: spec.tags[2] has the same value as item 0.
  mod: slow
# ^^^ warning schema.unknownField: spec has no field "mod", so the server drops or refuses it. Did you mean "mode"?
---
apiVersion: example.org/v1
kind: Widget
#^^^^ warning schema.required: Widget (example.org/v1) must have a field "spec".
metadata: { name: b, nmaespace: c }
#                    ^^^^^^^^^ warning schema.unknownField: metadata has no field "nmaespace", so the server drops or refuses it. Did you mean "namespace"?`,
  'custom resources, traps: kept fields, embedded objects, defaults, patterns that may not end, versions not served': `
apiVersion: example.org/v1
kind: Widget
metadata: { name: a, annotations: { note: "1" } }
spec:
  size: 3
  free: { known: 1, other: { x: 1 } }
  anything: { a: 1 }
  inner: { apiVersion: v1, kind: ConfigMap, metadata: { name: x }, data: { a: b } }
  strict: {}
  slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab
---
apiVersion: example.org/v1alpha1
kind: Widget
spec: { anything: 1 }
---
apiVersion: example.org/v1
kind: Gadget
spec: { anything: 1 }`,
  'a machine template by its real definition': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: { name: workers }
spec:
  template:
    spec:
      flavor: m1.large
      sshKeyname: alice-key
#     ^^^^^^^^^^ warning schema.unknownField: spec.template.spec has no field "sshKeyname", so the server drops or refuses it. Did you mean "sshKeyName"?
      image: debian-12
#            ^^^^^^^^^ error schema.type: spec.template.spec.image takes a mapping, not a text.
      rootVolume: { sizeGiB: 40GB }
#                            ^^^^ error schema.type: spec.template.spec.rootVolume.sizeGiB takes a whole number, not a text.
      ports: { network: private }
#     ^^^^^ error schema.type: spec.template.spec.ports takes a list, not a mapping.`,
};

describe('the structure of manifests against the schema of their kind', () => {
  for (const [name, text] of Object.entries(cases))
    it(name, () => {
      assert.equal(annotated(withoutExpectations(text)), text);
    });

  it('says that the schema is one that was kept', () => {
    const [manifest] = parseManifests('test.yaml', deployment('spec: { selector: {}, template: {}, x: 1 }'));
    assert.ok(manifest);
    assert.equal(
      findingsOf(manifest, 'context demo')[0]?.message,
      'spec has no field "x", so the server drops or refuses it. (By the schema last read from context demo; it does not answer now.)',
    );
  });

  it('offers quotes, no quotes, and the near word', () => {
    const [manifest] = parseManifests(
      'test.yaml',
      deployment(
        'spec: { replicas: "3", paused: "true", selectr: {}, template: { spec: { containers: [{ name: 1_0, image: a }] } } }',
      ),
    );
    assert.ok(manifest);
    const fixes = findingsOf(manifest).map(({ fixes: offered }) => offered?.map(({ newText }) => newText));
    assert.deepEqual(fixes, [['3'], ['true'], ['selector'], ['"1_0"']]);
  });

  it('puts a word that would be read as something else in quotes', () => {
    for (const [written, meant] of [
      ['onn', '"on"'],
      ['offf', '"off"'],
      ['shutt', 'shut'],
    ] as const) {
      const [manifest] = parseManifests(
        'test.yaml',
        `apiVersion: example.org/v1\nkind: Widget\nspec: { size: 1, power: ${written} }\n`,
      );
      assert.ok(manifest);
      assert.deepEqual(
        findingsOf(manifest).map(({ fixes }) => fixes?.map(({ newText }) => newText)),
        [[meant]],
      );
    }
  });

  it('tells nothing of what a Secret holds', () => {
    const [manifest] = parseManifests('test.yaml', 'apiVersion: v1\nkind: Secret\nstringData: { pin: 4711 }\n');
    const texts = { type: 'object', additionalProperties: { type: 'string' } };
    const schema: KindSchema = { root: { type: 'object', properties: { stringData: texts } }, definitions: {} };
    assert.ok(manifest?.local.tree);
    const [{ message, fixes } = assert.fail()] = validate(manifest.local, { schema }).filter(
      ({ code }) => code === 'schema.type',
    );
    assert.equal(message, 'stringData.pin takes a text, not a whole number.');
    assert.deepEqual(fixes, [{ title: 'Put it in quotes', newText: '"4711"', preferred: true, secret: true }]);
  });

  it('finds nothing wrong with the well-formed manifests of the projects whose definitions are known', () => {
    let read = 0;
    for (const file of globSync('corpus/**/*.yaml', { cwd: fixtures })) {
      for (const manifest of parseManifests(file, readFileSync(fixtures + file, 'utf8'))) {
        if (known.has(`${manifest.apiVersion} ${manifest.kind}`)) read += 1;
        assert.deepEqual(findingsOf(manifest), [], file);
      }
    }
    assert.ok(read > 10, `only ${read} were read`);
  });

  it('is checked by definitions among the manifests, without a cluster; of two definitions only what both miss is told', async () => {
    const widget = 'apiVersion: example.org/v1\nkind: Widget\nspec: { size: 1, moode: a, colour: red }';
    const check = async (...texts: readonly string[]) => {
      const { findings } = await checkManifests(
        parseManifests('a.yaml', texts.join('\n---\n')),
        fakeCloud('network.network: []'),
      );
      return findings.map(({ code, fixes }) => `${code} ${fixes?.[0]?.newText}`);
    };
    assert.deepEqual(await check(widget), []);
    assert.deepEqual(await check(widgets, widget), ['schema.unknownField mode', 'schema.unknownField color']);
    assert.deepEqual(await check(widgets, widgets.replace('color:', 'colour:'), widget), ['schema.unknownField mode']);
  });

  it('lives with schemas that are none', () => {
    const [manifest] = parseManifests('test.yaml', deployment('spec: { replicas: 1, list: [1, 2] }'));
    assert.ok(manifest?.local.tree);
    const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    const broken: readonly KindSchema[] = [
      { root: {}, definitions: {} },
      { root: ref('a'), definitions: { a: ref('a') } },
      { root: ref('__proto__'), definitions: {} },
      { root: { properties: 5, required: 'spec', enum: {}, allOf: 'x' }, definitions: {} },
      {
        root: { properties: { spec: { properties: { list: { items: 7, 'x-kubernetes-list-type': 'map' } } } } },
        definitions: {},
      },
    ];
    const codes = broken.map((schema) => validate(manifest.local, { schema }).map(({ code }) => code));
    assert.deepEqual(codes, [[], [], [], [], ['schema.unknownField']]);
  });

  it('leads from a path to its schema', () => {
    const image = schemaAt(deployments, ['spec', 'template', 'spec', 'containers', 0, 'image']);
    const { schema, builtin, whole } = image ?? {};
    assert.deepEqual({ schema, builtin, whole }, { schema: { type: 'string' }, builtin: true, whole: false });
    assert.equal(schemaAt(deployments, ['spec', 'nothing', 'below']), undefined);
  });
});

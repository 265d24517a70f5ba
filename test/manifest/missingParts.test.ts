import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { missingParts } from '../../src/manifest/missingParts.ts';
import { withFindings, withoutExpectations } from '../support/annotatedYaml.ts';

/** The expectations stand in the text. */
function assertParts(annotated: string, besides = ''): void {
  const text = withoutExpectations(annotated);
  const manifests = [...parseManifests('a.yaml', text), ...parseManifests('b.yaml', besides)];
  assert.equal(
    withFindings(
      text,
      missingParts(manifests, 'shop', ({ file }) => file === 'a.yaml'),
    ),
    annotated,
  );
}

const conf = '\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {level: debug}\n';

test('a key and a port that the declared object has not', () => {
  assertParts(
    `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      env:
        - name: A
          valueFrom: {configMapKeyRef: {name: conf, key: levle}}
#                                                        ^^^^^ warning object.missingKey: ConfigMap "conf" has no key "levle"; Pod needs it. It has "level".
        - name: B
          valueFrom: {configMapKeyRef: {name: conf, key: level}}
        - name: C
          valueFrom: {configMapKeyRef: {name: conf, key: perhaps, optional: true}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {name: https}}}
#                                                    ^^^^^ warning object.missingPort: Service "web" has no port "https"; Ingress needs it. It has "http", "80".`,
    `${conf}---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{name: http, port: 80}]}`,
  );
});

test('who is not declared, is of another namespace or is made by a generator may have any', () => {
  const pod = (name: string, namespace: string) => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: ${namespace}}
spec: {containers: [{name: web, env: [{name: A, valueFrom: {configMapKeyRef: {name: ${name}, key: other}}}]}]}`;
  assertParts(pod('elsewhere', 'shop'), conf);
  assertParts(pod('conf', 'team'), conf);
  assertParts(
    pod('conf', 'shop'),
    `${conf}---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator: [{name: conf, literals: [other=1]}]`,
  );
});

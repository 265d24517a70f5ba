import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { policyPods, policySentences } from '../../src/kubernetes/networkPolicy.ts';

/** A spec, then what it says: the pods, then a sentence for each direction. */
const cases = `
{ podSelector: {} }
  all pods of the namespace
  denies everything to these pods
{ podSelector: { matchLabels: { app: db } }, ingress: [{ ports: [{ port: 80 }], from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }] }] }
  pods app=db
  allows TCP 80 from namespace shop; everything else to these pods is denied
{ podSelector: {}, ingress: [{}] }
  all pods of the namespace
  allows everything to these pods
{ podSelector: {}, ingress: [{ ports: [{ port: 80 }, { port: https, protocol: TCP }, { port: 53, protocol: UDP }] }] }
  all pods of the namespace
  allows TCP 80 and https, UDP 53 from anywhere; everything else to these pods is denied
{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }, { podSelector: { matchLabels: { app: web } } }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }] }] }
  all pods of the namespace
  allows everything from all pods of this namespace, pods app=web and 10.0.0.0/8 except 10.1.0.0/16; everything else to these pods is denied
{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: web } } }] }, { ports: [{ port: 8000, endPort: 8100 }], from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: In, values: [a, b] }] } }] }] }
  all pods of the namespace
  allows everything from pods app=web in all namespaces; allows TCP 8000–8100 from namespaces team in (a,b); everything else to these pods is denied
{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ protocol: UDP }], to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] }
  all pods of the namespace
  allows all UDP to 0.0.0.0/0; everything else from these pods is denied
{ podSelector: {}, policyTypes: [Ingress, Egress] }
  all pods of the namespace
  denies everything to these pods
  denies everything from these pods
`;

describe('in words', () => {
  for (const block of cases.trim().split(/\n(?! )/)) {
    const [spec = '', ...lines] = block.split('\n');
    test(lines.at(-1)?.trim() ?? '', () => {
      const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: parse(spec) };
      assert.deepEqual(
        [policyPods(policy), ...policySentences(policy)],
        lines.map((line) => line.trim()),
      );
    });
  }
});

import { isScalar, isSeq, type Node, type Scalar, visit } from 'yaml';
import type { LocalManifest } from '../manifest.ts';
import { keyText, type LocalFinding } from '../parse.ts';
import { rangeOf } from '../path.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Ids where the OpenStack resource controller wants the name of another of its objects: every `…Ref` is one, and one that no object bears is waited for without end.
 * Source: k-orc/openstack-resource-controller, `api/v1alpha1`, KubernetesNameRef.
 */
export function orcReferenceFindings({ apiVersion, root }: LocalManifest): readonly LocalFinding[] {
  if (!apiVersion?.startsWith('openstack.k-orc.cloud/')) return [];
  const findings: LocalFinding[] = [];
  visit(root, {
    Pair: (_key, { key, value }) => {
      const name = keyText(key);
      if (/Refs?$/.test(name))
        for (const scalar of scalarsOf(value)) if (uuid.test(String(scalar.value))) findings.push(idInRef(name, scalar));
    },
  });
  return findings;
}

function scalarsOf(value: unknown): readonly Scalar[] {
  return (isSeq(value) ? value.items : [value]).filter((one) => isScalar(one));
}

function idInRef(name: string, scalar: Scalar): LocalFinding {
  return {
    range: rangeOf(scalar as Node),
    severity: 'warning',
    code: 'reference.idInRef',
    message: `${name} wants the name of an object in this namespace, not an id of the cloud. Import that resource as an object of its own (import.id) and name it here.`,
  };
}

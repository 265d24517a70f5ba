import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { CONTAINER_LISTS, podSpecPaths } from '../../kubernetes/podTemplate.ts';
import { embeddedIn } from '../embedded.ts';
import type { LocalManifest } from '../manifest.ts';
import { type LocalFinding, pairOf } from '../parse.ts';
import { findAll, rangeOf } from '../path.ts';
import { placeholders } from '../placeholders.ts';

/** Variables of an openrc and keys of a cloud.conf that sign in, or open what is shut. Source: keystoneauth, `loading`; cloud-provider-openstack, `pkg/client/client.go`. */
const variables = new Set(['OS_PASSWORD', 'OS_TOKEN', 'OS_APPLICATION_CREDENTIAL_SECRET', 'OS_AUTH_TOKEN']);
const settings = ['password', 'application-credential-secret', 'trustee-password', 'token'];

/** Credentials of a cloud where everybody may read them: in a ConfigMap, or as a literal in the environment of a container. Never repeats the value. */
export function plainSecrets(manifest: LocalManifest): readonly LocalFinding[] {
  const { apiVersion, kind, root, tree, document } = manifest;
  if (apiVersion === 'v1' && kind === 'ConfigMap') return embeddedIn(manifest).flatMap(inConfiguration);
  const path = podSpecPaths[`${apiVersion}/${kind}`];
  // Each of them begins so; most manifests have none.
  if (!path || !document.text.includes('OS_')) return [];
  const items = CONTAINER_LISTS.flatMap((list) => findAll(root, `${path.join('.')}.${list}[*].env[*]`, tree));
  return items.flatMap(({ node }) => {
    const name = isMap(node) ? textOf(node, 'name') : undefined;
    const value = isMap(node) ? pairOf(node, 'value')?.value : undefined;
    if (name === undefined || !variables.has(name) || !isLiteral(value)) return [];
    return [
      told(value, `${name} stands here for everybody who may read this ${kind}: take it from a Secret (valueFrom.secretKeyRef).`),
    ];
  });
}

function inConfiguration({ root, tree, form }: LocalManifest): LocalFinding[] {
  return findAll(root, form === 'cloud.conf' ? 'Global[*]' : 'openstack', tree).flatMap(({ node }) =>
    isMap(node)
      ? settings.flatMap((key) => {
          const value = pairOf(node, key)?.value;
          return isLiteral(value)
            ? [told(value, `${key} stands here for everybody who may read ConfigMaps: keep this file in a Secret.`)]
            : [];
        })
      : [],
  );
}

function textOf(map: YAMLMap, key: string): string | undefined {
  const value = pairOf(map, key)?.value;
  return isScalar(value) ? String(value.value) : undefined;
}

function isLiteral(value: unknown): value is Node {
  return isScalar(value) && value.value !== null && value.value !== '' && !placeholders.test(String(value.value));
}

function told(at: Node, message: string): LocalFinding {
  return { range: rangeOf(at), severity: 'warning', code: 'secret.plain', message };
}

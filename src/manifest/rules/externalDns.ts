import { isMap, isScalar } from 'yaml';
import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import { keyText, type LocalFinding } from '../parse.ts';
import { findAll, nodeAt, rangeOf, textAt } from '../path.ts';
import { placeholders } from '../placeholders.ts';
import type { FixedValues, Rule } from '../rule.ts';

const container = 'spec.template.spec.containers';
/** The first minor version without it. Source: kubernetes-sigs/external-dns, pull request 5126 and the notes of release v0.16.1 ("will be removed in the next version"). */
const removedIn = 17;

const prefix = 'external-dns.alpha.kubernetes.io';
const annotated = ['v1 Service', 'networking.k8s.io/v1 Ingress', 'v1 Node'];
const endpoints = 'externaldns.k8s.io/v1alpha1 DNSEndpoint';
const names = [
  'hostname',
  'internal-hostname',
  'ttl',
  'target',
  'controller',
  'access',
  'endpoints-type',
  'set-identifier',
  'alias',
]
  .concat(['ingress', 'ingress-hostname-source', 'gateway-hostname-source'])
  .map((name) => [`${prefix}/${name}`, {}] as const);

/** Annotations of external-dns and what records may be of; those of other providers are theirs. Source: kubernetes-sigs/external-dns, `source/annotations`, `endpoint/endpoint.go`. */
export const externalDnsValues: readonly FixedValues[] = [
  ...annotated.map(
    (kind): FixedValues => ({
      in: kind,
      at: 'metadata.annotations',
      called: 'annotation',
      reader: 'external-dns',
      own: /^external-dns\.alpha\.kubernetes\.io\/(?!aws-|azure-|cloudflare-|coredns-|google-|ibmcloud-|oci-|scw-|webhook-)/,
      shared: true,
      keys: Object.fromEntries(names),
    }),
  ),
  {
    in: endpoints,
    at: 'spec.endpoints[*]',
    called: 'setting',
    reader: 'external-dns',
    own: /(?!)/,
    typed: true,
    keys: {
      recordType: {
        words: ['A', 'AAAA', 'CNAME', 'TXT', 'SRV', 'NS', 'PTR', 'MX', 'NAPTR'],
        otherwise: { said: 'is a record that it does not make', severity: 'warning' },
      },
    },
  },
];

const routes = ['HTTPRoute', 'GRPCRoute'].map((kind) => `gateway.networking.k8s.io/v1 ${kind}`);
const zone = {
  to: 'dns.zone',
  by: 'host',
  unknown: 'warning',
  consequence: 'external-dns makes records in zones of its own only, so with this project there is none.',
} as const;

/**
 * Host names for which external-dns makes records, each in a zone of the project that its webhook signs in to. Sources: kubernetes-sigs/external-dns, `source/annotations/annotations.go`,
 * `docs/annotations/annotations.md`, `endpoint/endpoint.go`; inovex/external-dns-openstack-webhook, `internal/designate/provider` (the zone of the longest suffix).
 */
export const externalDnsRules: readonly Rule[] = [
  ...['v1 Service', 'networking.k8s.io/v1 Ingress', ...routes].map(
    (kind): Rule => ({ in: kind, at: `metadata.annotations[${prefix}/hostname]`, ...zone }),
  ),
  { in: 'v1 Service', at: `metadata.annotations[${prefix}/internal-hostname]`, ...zone },
  { in: endpoints, at: 'spec.endpoints[*].dnsName', ...zone },
];

/** Seconds, or a duration of Go; anything else counts as not set. */
function timeToLive({ root, tree }: LocalManifest): LocalFinding[] {
  const node = nodeAt(root, `metadata.annotations[${prefix}/ttl]`, tree);
  if (!isScalar(node) || typeof node.value !== 'string' || placeholders.test(node.value)) return [];
  if (/^(?:\d+|(?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/.test(node.value)) return [];
  const message = `ttl takes seconds or a duration such as 5m; "${node.value}" counts as not set.`;
  return [{ range: rangeOf(node), severity: 'warning', code: 'annotation.value', message }];
}

/** An address record whose target is no address of its family. */
function addresses({ root, tree }: LocalManifest): LocalFinding[] {
  return findAll(root, 'spec.endpoints[*]', tree).flatMap(({ node }) => {
    const type = isMap(node) ? textAt(node, 'recordType', tree) : undefined;
    const fits = type === 'A' ? /^\d+(?:\.\d+){3}$/ : type === 'AAAA' ? /^[0-9a-f:.]*:[0-9a-f:.]*$/i : undefined;
    if (!fits || !isMap(node)) return [];
    return findAll(node, 'targets[*]', tree).flatMap(({ node: target }): LocalFinding[] => {
      const text = isScalar(target) ? keyText(target) : '';
      if (text === '' || fits.test(text) || placeholders.test(text)) return [];
      const message = `A record of type ${type} leads to an address of IPv${type === 'A' ? 4 : 6}; "${text}" is none.`;
      return [{ range: rangeOf(target), severity: 'error', code: 'setting.value', message }];
    });
  });
}

/** Designate as a provider of external-dns: the program has none any more, it wants a webhook beside it (inovex/external-dns-openstack-webhook). */
export function externalDnsFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const { root, tree, document } = manifest;
  const form = formOf(manifest) ?? '';
  if (annotated.includes(form)) return timeToLive(manifest);
  if (form === endpoints) return addresses(manifest);
  if (form !== 'apps/v1 Deployment' || !document.text.includes('designate')) return [];
  return ['args', 'command'].flatMap((words) =>
    findAll(root, `${container}[*].${words}[*]`, tree).flatMap(({ node, path }): LocalFinding[] => {
      if (!isScalar(node) || node.value !== '--provider=designate') return [];
      const index = path.find((step) => typeof step === 'number') ?? 0;
      const image = textOfImage(manifest, index);
      if (!/external-dns(?:[:@]|$)/.test(image)) return [];
      const minor = /:v?0\.(\d+)\./.exec(image)?.[1];
      if (minor !== undefined && Number(minor) < removedIn) return [];
      const message = `external-dns has no provider "designate" since v0.${removedIn}; use the provider "webhook" with external-dns-openstack-webhook beside it.`;
      return [{ range: rangeOf(node), severity: minor === undefined ? 'warning' : 'error', code: 'argument.removed', message }];
    }),
  );
}

function textOfImage({ root, tree }: LocalManifest, index: number): string {
  const found = findAll(root, `${container}[*]`, tree).find(({ path }) => path.at(-1) === index);
  return textAt(found?.node, 'image', tree) ?? '';
}

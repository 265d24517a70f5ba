import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver-types';
import { isPlain } from '../manifest/isPlain.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { ResourceFacts } from '../protocol.ts';
import { completionPlace } from './completion.ts';
import { OpenDocument } from './openDocument.ts';

/** A manifest to begin with. `body` in the snippet syntax of LSP; `<…>` holds the place of what only the user knows, and is no reference yet. */
export interface Snippet {
  readonly label: string;
  readonly detail: string;
  readonly body: string;
}

/**
 * The manifests that hybrid clusters begin with. Where a rule knows what a stop names, live names are offered there; ids are completed when the user stands on them.
 * Fields: cloud-provider-openstack `docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md` and
 * `docs/cinder-csi-plugin/using-cinder-csi-plugin.md`; CAPO `api/v1beta1`; ORC `api/v1alpha1`.
 */
export const snippets: readonly Snippet[] = [
  {
    label: 'Service with an Octavia load balancer',
    detail: 'v1 Service',
    body: `apiVersion: v1
kind: Service
metadata:
  name: \${1:web}
  annotations:
    loadbalancer.openstack.org/floating-network-id: \${2:<external network id>}
    loadbalancer.openstack.org/lb-method: \${3|ROUND_ROBIN,LEAST_CONNECTIONS,SOURCE_IP|}
    loadbalancer.openstack.org/keep-floatingip: "\${4|true,false|}"
spec:
  type: LoadBalancer
  selector:
    app: \${1:web}
  ports:
    - name: http
      port: \${5:80}
      targetPort: \${6:8080}
\${0}`,
  },
  {
    label: 'StorageClass for Cinder volumes',
    detail: 'storage.k8s.io/v1 StorageClass',
    body: `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: \${1:cinder}
provisioner: cinder.csi.openstack.org
parameters:
  type: \${2:<volume type>}
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: \${3|Delete,Retain|}
allowVolumeExpansion: true
\${0}`,
  },
  {
    label: 'PersistentVolumeClaim',
    detail: 'v1 PersistentVolumeClaim',
    body: `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: \${1:data}
spec:
  accessModes:
    - ReadWriteOnce
  storageClassName: \${2:cinder}
  resources:
    requests:
      storage: \${3:10}Gi
\${0}`,
  },
  {
    label: 'OpenStackCluster of Cluster API',
    detail: 'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackCluster',
    body: `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata:
  name: \${1:workload}
spec:
  identityRef:
    name: \${2:cloud-config}
    cloudName: \${3:openstack}
  externalNetwork:
    id: \${4:<external network id>}
  managedSubnets:
    - cidr: \${5:10.6.0.0/24}
      dnsNameservers:
        - \${6:<address of a name server>}
  managedSecurityGroups:
    allowAllInClusterTraffic: true
\${0}`,
  },
  {
    label: 'OpenStackMachineTemplate of Cluster API',
    detail: 'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachineTemplate',
    body: `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata:
  name: \${1:workers}
spec:
  template:
    spec:
      identityRef:
        name: \${2:cloud-config}
        cloudName: \${3:openstack}
      flavor: \${4:<flavor>}
      image:
        filter:
          name: \${5:<image>}
      sshKeyName: \${6:<key pair>}
\${0}`,
  },
  {
    label: 'Network that exists, for the OpenStack resource controller',
    detail: 'openstack.k-orc.cloud/v1alpha1 Network',
    body: `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata:
  name: \${1:external}
spec:
  cloudCredentialsRef:
    secretName: \${2:cloud-config}
    cloudName: \${3:openstack}
  managementPolicy: unmanaged
  import:
    filter:
      name: \${4:<network>}
\${0}`,
  },
];

/** A place to be filled in: where it begins in the text that has all defaults. */
interface Stop {
  readonly number: string;
  readonly offset: number;
  readonly kind: KindId | undefined;
}

const stops = /\$\{(\d+)(?:\|([^|]*)\||:([^}]*))?\}/g;
const mostChoices = 30;

/** The text of a snippet with its defaults, and the stops that name an OpenStack resource by name. */
export function unfolded({ body }: Snippet): { readonly text: string; readonly stops: readonly Stop[] } {
  const found: { number: string; offset: number }[] = [];
  let grown = 0;
  const text = body.replaceAll(
    stops,
    (whole, number: string, choices: string | undefined, text: string | undefined, at: number) => {
      const written = choices?.split(',')[0] ?? text ?? '';
      found.push({ number, offset: at + grown });
      grown += written.length - whole.length;
      return written;
    },
  );
  const document = new OpenDocument('untitled:snippet', 0, text);
  const kindAt = (offset: number): KindId | undefined => {
    const lines = text.slice(0, offset).split('\n');
    const place = completionPlace(document, { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 });
    return place?.what === 'value' && place.rule.by !== 'id' && place.rule.by !== 'url' ? place.rule.to : undefined;
  };
  return { text, stops: found.map((stop) => ({ ...stop, kind: stop.number === '0' ? undefined : kindAt(stop.offset) })) };
}

/** Manifests to begin with, where the cursor stands at the beginning of a document that holds nothing yet but the word being typed. Undefined elsewhere. */
export async function snippetItems(
  document: OpenDocument,
  position: { readonly line: number; readonly character: number },
  namesOf: (kind: KindId) => Promise<readonly ResourceFacts[]>,
): Promise<CompletionList | undefined> {
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  if (!placed) return undefined;
  const { text } = placed.section;
  const local = offset - placed.start;
  const start = text.lastIndexOf('\n', local - 1) + 1;
  const typed = /^[A-Za-z]*/.exec(text.slice(start))?.[0].length ?? 0;
  const rest = text.slice(0, start) + text.slice(start + typed);
  if (local > start + typed || !/^(?:(?:---|#.*|)[^\S\n]*(?:\n|$))*$/.test(rest)) return undefined;
  const range = document.toRange(placed, { start, end: start + typed });
  const all = snippets.map((snippet) => ({ snippet, ...unfolded(snippet) }));
  const kinds = [...new Set(all.flatMap(({ stops }) => stops.flatMap(({ kind }) => kind ?? [])))];
  const names = new Map(await Promise.all(kinds.map(async (kind) => [kind, await namesOf(kind)] as const)));
  const items = all.map(
    ({ snippet: { label, detail, body }, text, stops }): CompletionItem => ({
      label,
      detail,
      kind: CompletionItemKind.Snippet,
      documentation: { kind: MarkupKind.Markdown, value: `\`\`\`yaml\n${text}\`\`\`` },
      filterText: `${detail.split(' ')[1]} ${label}`,
      insertTextFormat: InsertTextFormat.Snippet,
      insertTextMode: InsertTextMode.asIs,
      textEdit: { range, newText: withChoices(body, stops, names) },
    }),
  );
  return { isIncomplete: false, items };
}

function withChoices(body: string, found: readonly Stop[], names: ReadonlyMap<KindId, readonly ResourceFacts[]>): string {
  const kinds = new Map(found.map(({ number, kind }) => [number, kind]));
  return body.replaceAll(stops, (whole, number: string) => {
    const kind = kinds.get(number);
    const live = kind === undefined ? [] : (names.get(kind) ?? []);
    const unique = [...new Set(live.map(({ name }) => name).filter((name) => name !== ''))].slice(0, mostChoices);
    if (unique.length === 0) return whole;
    return `\${${number}|${unique.map((name) => escaped(isPlain(name) ? name : JSON.stringify(name))).join(',')}|}`;
  });
}

function escaped(choice: string): string {
  return choice.replaceAll(/[\\,|]/g, '\\$&');
}

import { type Document, isMap, isScalar, isSeq, type Node, Pair, Scalar, visit, YAMLMap } from 'yaml';
import { fieldsAt } from '../base/fields.ts';
import { iniMap } from './configurationMap.ts';
import type { Range } from './finding.ts';
import { readIni } from './ini.ts';
import type { LocalManifest, ManifestObject } from './manifest.ts';
import { unfolded } from './merges.ts';
import { isLong, keyText, parseDocument } from './parse.ts';
import { nodeAt, rangeOf } from './path.ts';
import { cloudConfText } from './syntax.ts';

/** A configuration file that is kept in a Secret or ConfigMap. */
export interface ConfigurationFile {
  /** What rules call it: the `in` of their rows. */
  readonly form: string;
  /** Keys it is kept under. */
  readonly keys: readonly string[];
  readonly syntax: 'ini' | 'yaml';
  /** What a text under such a key must show to be this file and no other's. */
  readonly is: RegExp;
  /** For a file whose whole content is a list: the key that rules find it under. */
  readonly list?: string;
}

/**
 * `cloud.conf` is what many clouds call it: OpenStack's names Keystone or a clouds.yaml. Source of the keys: cloud-provider-openstack, `charts/` and `manifests/`; autoscaler,
 * `cluster-autoscaler/cloudprovider/magnum/examples` (`cloud-config`); OpenShift, ConfigMap `openshift-config/cloud-provider-config` (`config`);
 * octavia-ingress-controller, `docs/octavia-ingress-controller/using-octavia-ingress-controller.md` (`config`); k8s-keystone-auth,
 * `docs/keystone-auth/using-keystone-webhook-authenticator-and-authorizer.md` (`policies`, `syncConfig`); magnum-auto-healer, `docs/magnum-auto-healer/using-magnum-auto-healer.md` (`config.yaml`).
 */
const files: readonly ConfigurationFile[] = [
  {
    form: 'cloud.conf',
    keys: ['cloud.conf', 'cloud-config', 'cloudprovider.conf', 'config'],
    syntax: 'ini',
    is: cloudConfText,
  },
  { form: 'clouds.yaml', keys: ['clouds.yaml', 'secure.yaml'], syntax: 'yaml', is: /^[ \t]*clouds:/m },
  {
    form: 'k8s-keystone-auth policies',
    keys: ['policies'],
    syntax: 'yaml',
    is: /"(?:match|users)"|^[ \t-]*(?:match|users):/m,
    list: 'policies',
  },
  {
    form: 'k8s-keystone-auth sync',
    keys: ['syncConfig', 'syncconfig.yaml'],
    syntax: 'yaml',
    is: /^[ \t]*(?:data-types-to-sync|namespace-format|role-mappings|projects-blacklist|projects-name-blacklist):/m,
  },
  {
    form: 'magnum-auto-healer',
    keys: ['config.yaml'],
    syntax: 'yaml',
    is: /^[ \t]*cloud-provider:[ \t]*openstack[ \t]*$/m,
  },
  { form: 'octavia-ingress-controller', keys: ['config'], syntax: 'yaml', is: /^[ \t]*octavia:[ \t]*$(?![\s\S]*^[ \t]*\[)/m },
];

const holders: Readonly<Record<string, readonly string[]>> = { 'v1 Secret': ['stringData', 'data'], 'v1 ConfigMap': ['data'] };

/** The forms of the manifests that may hold a configuration file. */
export const holderForms: readonly string[] = Object.keys(holders);

/** Whether an object of a form has a key under which a configuration file is kept. */
export function mayEmbed(form: string, object: ManifestObject): boolean {
  return (holders[form] ?? []).some((holder) => {
    const kept = fieldsAt(object, holder);
    return files.some(({ keys }) => keys.some((key) => Object.hasOwn(kept, key)));
  });
}

/**
 * The configuration files in a Secret or ConfigMap, as manifests of their own: their ranges count from the start of the same document, so a finding stands at the value.
 * Of a text that is encoded (base64, or a quoted one with escapes) every range is that of the whole text, and nothing in it can be replaced.
 */
export function embeddedIn(manifest: LocalManifest): readonly LocalManifest[] {
  const { root, tree, apiVersion, kind } = manifest;
  return (holders[`${apiVersion} ${kind}`] ?? []).flatMap((holder) => {
    const isEncoded = kind === 'Secret' && holder === 'data';
    const held = nodeAt(root, holder, tree);
    if (!isMap(held)) return [];
    // most hold none of them
    const there = new Set(held.items.map(({ key }) => keyText(key)));
    return files.flatMap((file) =>
      file.keys.flatMap((key) => {
        if (!there.has(key)) return [];
        const node = nodeAt(root, `${holder}[${key}]`, tree);
        const text = node && textOf(node, isEncoded, manifest);
        return text && file.is.test(text.text) ? read(file, text, manifest) : [];
      }),
    );
  });
}

/** The text of a file, where it begins in the document, or, where places in it are not places in the document, the run that stands for all of them. */
interface FileText {
  readonly text: string;
  readonly offset: number;
  readonly whole: Range | undefined;
}

function textOf(node: Node, isEncoded: boolean, { document }: LocalManifest): FileText | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || isLong(node)) return undefined;
  const whole = rangeOf(node);
  if (isEncoded) return { text: Buffer.from(node.value, 'base64').toString(), offset: 0, whole };
  if (node.type !== 'BLOCK_LITERAL') return { text: node.value, offset: 0, whole };
  // As it stands in the document, indentation and all: each place in it is a place there.
  const offset = document.text.indexOf('\n', whole.start) + 1;
  return { text: document.text.slice(offset, whole.end), offset, whole: undefined };
}

function read(file: ConfigurationFile, text: FileText, manifest: LocalManifest): LocalManifest[] {
  const tree = file.syntax === 'yaml' ? yamlIn(text.text) : undefined;
  const root = file.syntax === 'ini' ? iniMap(readIni(text.text)) : toMapping(tree?.contents, file);
  if (!root) return [];
  const place = ({ start, end }: Range): Range => text.whole ?? { start: start + text.offset, end: end + text.offset };
  visit(root, {
    Node: (_key, node) => {
      const { start, end } = place(rangeOf(node));
      node.range = [start, end, end];
    },
  });
  const { form } = file;
  return [
    {
      ...manifest,
      root: tree ? unfolded(root, tree, text.text) : root,
      ...(tree ? { tree } : {}),
      form,
      apiVersion: undefined,
      kind: undefined,
      embedded: true,
      ...(text.whole ? { encoded: true } : {}),
    },
  ];
}

function yamlIn(text: string): Document | undefined {
  const { tree } = parseDocument(text);
  return tree?.errors.length === 0 ? tree : undefined;
}

function toMapping(content: unknown, { list }: ConfigurationFile): YAMLMap | undefined {
  if (isMap(content)) return content;
  if (list === undefined || !isSeq(content)) return undefined;
  return Object.assign(new YAMLMap(), { range: content.range, items: [new Pair(new Scalar(list), content)] });
}

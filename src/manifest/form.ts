import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { LocalManifest } from './manifest.ts';
import { keyText } from './parse.ts';
import { findAll } from './path.ts';
import { environmentSections } from './rules/heatSchema.ts';

/** Whether a document without a kind is of a form, asked by what stands in it. */
type Mark = (has: (at: string) => boolean, root: YAMLMap) => boolean;

/** What an entry of a clouds.yaml has at least one of. Source: openstacksdk, `openstack/config/schema.json`. */
const cloudKeys = ['auth', 'auth_type', 'profile', 'cloud', 'region_name', 'regions'];
/** Sections of a Heat environment that no other file has. */
const ownSections = environmentSections.filter((section) => section !== 'parameters');

/** Documents without a kind, by what stands in them. None of them is read by kubectl. */
const marks: Readonly<Record<string, Mark>> = {
  // openshift/installer, `pkg/types/installconfig.go`: no kind, its file is called install-config.yaml.
  'install-config.yaml': (has) => has('platform.openstack') && has('baseDomain'),
  // The body of `POST /v1/clustertemplates`. Source: Container Infrastructure Management API, Create New Cluster Template.
  'magnum cluster template': (has) => has('coe') && has('image_id') && has('external_network_id'),
  'heat template': (has) => has('heat_template_version'),
  'heat environment': (has) => ownSections.some(has),
  'clouds.yaml': (_has, root) => {
    const clouds = (root.items.find(({ key }) => keyText(key) === 'clouds')?.value ?? null) as Node | null;
    return (
      isMap(clouds) &&
      clouds.items.some(({ value }) => isMap(value) && value.items.some(({ key }) => cloudKeys.includes(keyText(key))))
    );
  },
  // Both may be left out. Source: kustomize, `api/types/kustomization.go`, FixKustomizationPostUnmarshalling.
  kustomization: (has) => has('configMapGenerator[*].name') || has('secretGenerator[*].name'),
  // Values for `clusterctl generate`. Source: Cluster API Provider OpenStack, `docs/book/src/clusteropenstack/configuration.md`.
  'clusterctl.yaml': (has) => has('OPENSTACK_EXTERNAL_NETWORK_ID') || has('OPENSTACK_CLOUD'),
  // Source: prometheus, `discovery/openstack/openstack.go`.
  'prometheus.yml': (has) => has('scrape_configs[*].openstack_sd_configs[*]'),
  // Source: kubespray, `inventory/sample/group_vars/all/openstack.yml`.
  'kubespray openstack.yml': (_has, root) =>
    root.items.some(({ key, value }) => /^external_openstack_\w+$/.test(keyText(key)) && (isScalar(value) || isSeq(value))),
};

/** A key at the start of a line, or a brace, that one of them has: cheap to look for before anything is parsed. */
const sign =
  /^["'{]?\s*["']?(?:platform|coe|heat_template_version|resource_registry|parameter_defaults|encrypted_param_names|event_sinks|parameter_merge_strategies|clouds|configMapGenerator|secretGenerator|scrape_configs|OPENSTACK_\w+|external_openstack_\w+)["']?[ \t]*:/m;

/** Whether a text may hold a document without a kind that rules are about. */
export function mayHaveForm(text: string): boolean {
  return sign.test(text);
}

/** What rules call a document that has no kind. */
export function namedForm(root: YAMLMap, tree: Document): string | undefined {
  if (root.items.some(({ key }) => keyText(key) === 'kind')) return undefined;
  const has = (at: string) => findAll(root, at, tree).length > 0;
  return Object.keys(marks).find((one) => marks[one]?.(has, root));
}

/** Whether a document may be a Heat environment that does nothing but give values to parameters: whether it is one, the template beside it tells. */
export function givesParameters(root: YAMLMap): boolean {
  const keys = root.items.map(({ key }) => keyText(key));
  return keys.includes('parameters') && keys.every((key) => environmentSections.includes(key));
}

/** What rules call a manifest (`in`): its apiVersion and kind, or the name of a document or file that has none. Undefined for what is no manifest. */
export function formOf(manifest: LocalManifest): string | undefined {
  if (lastForm?.manifest === manifest) return lastForm.form;
  const form = readForm(manifest);
  lastForm = { manifest, form };
  return form;
}

/** Each rule asks about the same manifest, one after the other. */
let lastForm: { readonly manifest: LocalManifest; readonly form: string | undefined } | undefined;

function readForm({ form, apiVersion, kind, root, tree }: LocalManifest): string | undefined {
  if (form !== undefined) return form;
  if (kind !== undefined) return apiVersion === undefined ? undefined : `${apiVersion} ${kind}`;
  return isMap(root) ? namedForm(root, tree) : undefined;
}

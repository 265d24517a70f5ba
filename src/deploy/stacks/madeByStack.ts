import { type Fields, field, fieldsAt, isFields, textAt } from '../../base/fields.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import { creates } from '../../manifest/creates.ts';
import { parseManifests } from '../../manifest/manifest.ts';
import type { ManifestFile } from '../files/discover.ts';
import type { StackDeclaration } from './declaration.ts';
import type { StackFiles } from './stackFiles.ts';
import { templateDocument } from './templateDocument.ts';

/** A resource of a template whose name is known before Heat makes it. */
export interface MadeResource {
  readonly type: string;
  readonly name: string;
}

const MOST_LEVELS = 5;

/**
 * The resources with a name of their own that a stack makes, nested templates included, as far as its parameters decide: the declaration's, then the environments', then defaults.
 */
export function madeByStack({ name, parameters, environments }: StackDeclaration, files: StackFiles): readonly MadeResource[] {
  const documents = environments.map((one) => documentOf(files.contents.get(one)));
  const merged = (section: string): Fields => Object.assign({}, ...documents.map((one) => fieldsAt(one, section)));
  const given = { ...merged('parameter_defaults'), ...merged('parameters') };
  const registry = merged('resource_registry');
  const look = (template: Fields, values: Fields, level: number): MadeResource[] => {
    const known = { ...defaultsOf(template), ...values, 'OS::stack_name': name };
    return Object.values(fieldsAt(template, 'resources')).flatMap((resource) => {
      const type = textAt(resource, 'type') ?? '';
      const properties = fieldsAt(resource, 'properties');
      const nested = files.contents.get(textAt(registry, type) ?? type);
      if (nested && level < MOST_LEVELS) {
        const inner = Object.entries(properties).flatMap(([key, value]) => {
          const put = literal(value, known);
          return put === undefined ? [] : [[key, put]];
        });
        return look(documentOf(nested), Object.fromEntries(inner), level + 1);
      }
      const called = literal(properties['name'], known);
      return called === undefined ? [] : [{ type, name: called }];
    });
  };
  return look(documentOf(files.template), { ...given, ...parameters }, 0);
}

/** A template of nothing but these resources: what a check takes for made by the same deploy. */
export function templateOf(made: readonly MadeResource[]): string {
  const resources = Object.fromEntries(made.map(({ type, name }, index) => [`r${index}`, { type, properties: { name } }]));
  return exactJson({ heat_template_version: '2018-08-31', resources });
}

/** The same as rules speak of them: `network.network shop-net`. */
export function namesOf(made: readonly MadeResource[]): readonly string[] {
  return parseManifests('made.yaml', templateOf(made)).flatMap(({ local }) => (local.tree ? creates(local) : []));
}

function documentOf(file: ManifestFile | undefined): Fields {
  const read = file && templateDocument(file);
  return read?.ok ? read.value : {};
}

function defaultsOf(template: Fields): Fields {
  const parameters = Object.entries(fieldsAt(template, 'parameters'));
  return Object.fromEntries(
    parameters.flatMap(([key, one]) => (isFields(one) && 'default' in one ? [[key, one['default']]] : [])),
  );
}

/** A text, with the functions that names are made of: `get_param`, `str_replace`, `list_join`. Source: HOT specification, "Intrinsic functions". */
function literal(value: unknown, known: Fields): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (!isFields(value) || Object.keys(value).length !== 1) return undefined;
  const parameter = value['get_param'];
  if (typeof parameter === 'string') return literal(known[parameter], known);
  if (Array.isArray(parameter)) return literal(field(known, ...parameter.map(String)), known);
  if (isFields(value['str_replace'])) return replaced(value['str_replace'], known);
  const join = value['list_join'];
  if (!Array.isArray(join) || join.length !== 2 || !Array.isArray(join[1])) return undefined;
  const parts = join[1].map((part) => literal(part, known));
  return parts.every((part) => part !== undefined) ? parts.join(String(join[0])) : undefined;
}

function replaced({ template, params }: Fields, known: Fields): string | undefined {
  if (typeof template !== 'string' || !isFields(params)) return undefined;
  let text = template;
  for (const [key, value] of Object.entries(params)) {
    const put = literal(value, known);
    if (put === undefined) return undefined;
    text = text.replaceAll(key, () => put);
  }
  return text;
}

import { type Fields, field, fieldsAt, isFields, sameJson, textAt } from '../../base/fields.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { StackProject } from './planStacks.ts';
import type { PreviewedResource } from './stackPreviewed.ts';
import { bodyOf, itself, STACK_KIND } from './stackRequest.ts';
import type { StackSource } from './stackSet.ts';
import { templateDocument } from './templateDocument.ts';

/** What a stack is made of: its template, the files that this names, and what the environments come to. */
interface Inputs {
  readonly template: Fields;
  readonly files: Fields;
  readonly parameters: Fields;
  readonly defaults: Fields;
  readonly registry: Fields;
}

/**
 * A preview without its false alarms. Heat compares the properties of a resource as they are with those of a stack that does not exist yet, in which what `get_resource` and `get_attr` name has no id: so a subnet is said to be
 * replaced because its network is named by reference, although nothing was changed. Believed of such a resource is only what its definition, or anything that this depends on, bears out against what the stack was last
 * given. Where that cannot be read, and of nested stacks, the preview stands as it is. Source: heat, `heat/engine/update.py`, `StackUpdate.preview`, and `heat/engine/rsrc_defn.py`, `ResourceDefinition.freeze`.
 */
export async function withoutFalseReplacements(
  resources: readonly PreviewedResource[],
  source: StackSource,
  live: Resource,
  project: Pick<StackProject, 'ask'>,
  signal: AbortSignal,
): Promise<readonly PreviewedResource[]> {
  const isDoubtful = ({ change }: PreviewedResource) => change === 'replaced' || change === 'updated';
  if (!resources.some(isDoubtful)) return resources;
  const [before, after] = [await inputsOf(live, project, signal), inputsFrom(source)];
  if (!before || !after) return resources;
  const compared = new Comparison(before, after, resources, String(live['stack_name']));
  return resources.map((one) => (isDoubtful(one) && compared.isSame(one) ? { ...one, change: 'unchanged' } : one));
}

/** Source: orchestration API reference v1, "Get stack template", "Get stack environment", "Get stack files". Undefined where one of them is not told. */
async function inputsOf(live: Resource, project: Pick<StackProject, 'ask'>, signal: AbortSignal): Promise<Inputs | undefined> {
  const parts = ['template', 'environment', 'files'].map((part) =>
    project.ask(
      STACK_KIND,
      live,
      { method: 'GET', collection: `${itself(live)}/${part}` },
      `read the ${part} of stack ${String(live['stack_name'])}`,
      signal,
    ),
  );
  const answers = await Promise.all(parts);
  const [template, environment, files] = answers.map((answer) => (answer.ok ? answer.value : undefined));
  if (!isFields(template) || !isFields(environment) || !isFields(files)) return undefined;
  return { template, files, ...environmentOf([environment]) };
}

function inputsFrom(source: StackSource): Inputs | undefined {
  const { template, contents } = source.files;
  const read = templateDocument(template);
  const { environments, parameters } = source.declaration;
  const documents = environments.map((name) => {
    const file = contents.get(name);
    const document = file && templateDocument(file);
    return document?.ok ? document.value : undefined;
  });
  const known = documents.filter((one) => one !== undefined);
  // how Heat merges these is not worth knowing here
  if (!read.ok || known.length < documents.length || known.some((one) => one['parameter_merge_strategies'])) return undefined;
  return { template: read.value, files: fieldsAt(bodyOf(source), 'files'), ...environmentOf([...known, { parameters }]) };
}

function environmentOf(environments: readonly Fields[]): Pick<Inputs, 'parameters' | 'defaults' | 'registry'> {
  const merged = (part: string) => Object.assign({}, ...environments.map((one) => fieldsAt(one, part))) as Fields;
  const { resources, ...types } = merged('resource_registry');
  // a type that is a file is noted by Heat under its own name once it was used
  const registry = Object.fromEntries(Object.entries(types).filter(([type, file]) => type !== file));
  const own = isFields(resources) && Object.keys(resources).length > 0 ? { resources } : {};
  return { parameters: merged('parameters'), defaults: merged('parameter_defaults'), registry: { ...registry, ...own } };
}

/** Parts of a template that any resource may depend on. */
const SHARED = ['heat_template_version', 'AWSTemplateFormatVersion', 'conditions', 'Conditions', 'Mappings'];

class Comparison {
  readonly #before: Inputs;
  readonly #after: Inputs;
  readonly #stack: string;
  readonly #told: ReadonlyMap<string, PreviewedResource['change']>;
  readonly #known = new Map<string, boolean>();
  readonly #isShared: boolean;

  constructor(before: Inputs, after: Inputs, resources: readonly PreviewedResource[], stack: string) {
    this.#before = before;
    this.#after = after;
    this.#stack = stack;
    this.#told = new Map(resources.filter((one) => this.#isOwn(one)).map(({ name, change }) => [name, change]));
    this.#isShared =
      sameJson(before.registry, after.registry) &&
      SHARED.every((part) => sameJson(before.template[part], after.template[part])) &&
      // a template of Amazon's form names its resources otherwise
      isFields(after.template['resources']);
  }

  /** Whether nothing of a resource was changed, nor of what it names. */
  isSame(one: PreviewedResource): boolean {
    return this.#isOwn(one) && this.#isShared && this.#same(one.name);
  }

  #isOwn({ stack }: PreviewedResource): boolean {
    return stack === undefined || stack === this.#stack;
  }

  #same(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // a circle is no template, and is not followed
    this.#known.set(name, true);
    const definition = fieldsAt(this.#after.template, 'resources')[name];
    const same =
      sameJson(fieldsAt(this.#before.template, 'resources')[name], definition) &&
      this.#sameFiles(definition) &&
      this.#namedIn(definition);
    this.#known.set(name, same);
    return same;
  }

  /** Text of files is in the properties of who names them; a provider's may be anywhere. */
  #sameFiles(definition: unknown): boolean {
    const text = JSON.stringify(definition) ?? '';
    const [before, after] = [this.#before.files, this.#after.files];
    const providers = Object.values(this.#after.registry).some((one) => one === textAt(definition, 'type'));
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].every((name) => before[name] === after[name] || !(providers || text.includes(JSON.stringify(name))));
  }

  #namedIn(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => this.#namedIn(item));
    if (!isFields(value)) return true;
    return Object.entries(value).every(([key, item]) => this.#isNamedSame(key, item) && this.#namedIn(item));
  }

  #isNamedSame(key: string, item: unknown): boolean {
    const names = (Array.isArray(item) ? item : [item]).map((one) => (typeof one === 'string' ? one : ''));
    const [name = ''] = names;
    if (key === 'get_param') return this.#sameParameter(name);
    if (key === 'depends_on') return names.every((one) => this.#stays(one));
    if (key === 'get_resource') return this.#stays(name);
    // what is changed in place may have other attributes then
    return key !== 'get_attr' || (this.#stays(name) && this.#same(name));
  }

  /** Whether a resource keeps its id. */
  #stays(name: string): boolean {
    const told = this.#told.get(name);
    return told === 'unchanged' || told === 'updated' || (told === 'replaced' && this.#same(name));
  }

  #sameParameter(name: string): boolean {
    const valueIn = ({ template, parameters, defaults }: Inputs) =>
      parameters[name] ?? defaults[name] ?? field(fieldsAt(template, 'parameters'), name, 'default');
    const [before, after] = [valueIn(this.#before), valueIn(this.#after)];
    // `OS::stack_name` and its like are of the stack itself
    return name.startsWith('OS::') || sameJson(before, after) || (isPlain(before) && String(before) === String(after));
  }
}

/** Heat keeps some numbers as texts. */
const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

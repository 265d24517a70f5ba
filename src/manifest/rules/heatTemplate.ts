import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { formOf } from '../form.ts';
import { mapAt, pairsOf } from '../heatTemplate.ts';
import type { LocalManifest } from '../manifest.ts';
import { keyText, type LocalFinding, pairOf, resolved } from '../parse.ts';
import { rangeOf, textAt } from '../path.ts';
import { placeholders } from '../placeholders.ts';
import {
  alternatives,
  environmentSections,
  functionsSince,
  heatVersions,
  parameterKeys,
  parameterTypes,
  pseudoParameters,
  removedTypes,
  requiredProperties,
  resourceKeys,
  sections,
} from './heatSchema.ts';

/**
 * What is wrong in a Heat template or environment beyond single values: names of parameters, resources and conditions that it does not have, functions of another version,
 * resources that wait for each other, properties that a type cannot be without. Source: openstack/heat, `heat/engine/hot`, `heat/common/environment_format.py`.
 */
export function heatTemplateFindings(manifest: LocalManifest): readonly LocalFinding[] {
  switch (formOf(manifest)) {
    case 'heat template':
      return new Template(manifest).findings();
    case 'heat environment':
      return unknownKeys(manifest.root, environmentSections, 'An environment has no section', 'template.section');
    default:
      return [];
  }
}

/** What kinds of things a template names, with the section in which they are declared. */
const named = { parameter: 'parameters', resource: 'resources', condition: 'conditions' } as const;

class Template {
  readonly #manifest: LocalManifest;
  readonly #found: LocalFinding[] = [];
  /** Place of the version in the list of all; the newest for one that is not known. */
  readonly #version: number;
  /** Section → the names in it. */
  readonly #named = new Map<string, ReadonlySet<string>>();
  /** Resource → those that it waits for. */
  readonly #waits = new Map<string, Set<string>>();

  constructor(manifest: LocalManifest) {
    this.#manifest = manifest;
    const version = textAt(manifest.root, 'heat_template_version', manifest.tree) ?? '';
    const known = versionIndex(version);
    this.#version = known < 0 ? heatVersions.length : known;
  }

  findings(): readonly LocalFinding[] {
    const { root } = this.#manifest;
    this.#versionFindings();
    this.#found.push(...unknownKeys(root, sections, 'A template has no section', 'template.section'));
    for (const { key, value } of this.#section('parameters')) this.#parameter(key, this.#node(value));
    for (const { key, value } of this.#section('resources')) this.#resource(keyText(key), key, this.#node(value));
    for (const section of ['outputs', 'conditions'])
      for (const { value } of this.#section(section)) this.#walk(this.#node(value), undefined);
    this.#cycles();
    return this.#found;
  }

  #tell(node: Node | null | undefined, severity: LocalFinding['severity'], code: string, message: string): void {
    if (node) this.#found.push({ range: rangeOf(node), severity, code, message });
  }

  #node(value: unknown): Node | undefined {
    return resolved(value, this.#manifest.tree);
  }

  #section(name: string) {
    return pairsOf(mapAt(this.#manifest.root, name, this.#manifest));
  }

  #names(section: string): ReadonlySet<string> {
    const known = this.#named.get(section) ?? new Set(this.#section(section).map(({ key }) => keyText(key)));
    this.#named.set(section, known);
    return known;
  }

  #versionFindings(): void {
    const value = this.#node(pairOf(this.#manifest.root, 'heat_template_version')?.value);
    if (!isScalar(value) || placeholders.test(String(value.value)) || versionIndex(String(value.value)) >= 0) return;
    const [newest] = heatVersions.at(-1) ?? [];
    const message = `Heat knows no template version "${String(value.value)}"; the newest is ${newest}.`;
    this.#tell(value, /^\d{4}-\d\d-\d\d$/.test(String(value.value)) ? 'error' : 'warning', 'template.version', message);
  }

  #parameter(key: Node, node: Node | undefined): void {
    if (!isMap(node)) return;
    this.#found.push(...unknownKeys(node, parameterKeys, 'A parameter has no', 'template.section'));
    const type = this.#node(pairOf(node, 'type')?.value);
    const called = isScalar(type) ? String(type.value) : undefined;
    if (called === undefined) this.#tell(key, 'error', 'template.parameter', `Parameter "${keyText(key)}" has no type.`);
    else if (!parameterTypes.includes(called))
      this.#tell(type, 'error', 'template.parameter', `A parameter is ${oneOf(parameterTypes)}; "${called}" is none.`);
    else this.#default(node, called);
  }

  /** Heat tries a default against the constraints of its parameter before it makes anything. */
  #default(parameter: YAMLMap, type: string): void {
    const value = this.#node(pairOf(parameter, 'default')?.value);
    const constraints = this.#node(pairOf(parameter, 'constraints')?.value);
    if (!isScalar(value) || value.value === null || !isSeq(constraints)) return;
    const text = String(value.value);
    for (const item of constraints.items) {
      const constraint = this.#node(item);
      const words = isMap(constraint) ? this.#node(pairOf(constraint, 'allowed_values')?.value) : undefined;
      const allowed = isSeq(words) ? words.items.map((word) => this.#node(word)) : [];
      if (
        type !== 'comma_delimited_list' &&
        allowed.length > 0 &&
        allowed.every((word) => isScalar(word) && String(word.value) !== text)
      )
        this.#tell(value, 'error', 'template.parameter', `The default "${text}" is none of the allowed_values.`);
      const { tree } = this.#manifest;
      const [least, most] = ['min', 'max'].map((end) => Number(textAt(this.#node(item), `range.${end}`, tree)));
      if (type === 'number' && (Number(text) < (least ?? Number.NaN) || Number(text) > (most ?? Number.NaN)))
        this.#tell(value, 'error', 'template.parameter', `The default ${text} is out of the range of its constraint.`);
    }
  }

  #resource(name: string, key: Node, node: Node | undefined): void {
    if (!isMap(node)) return;
    this.#waits.set(name, new Set());
    this.#found.push(...unknownKeys(node, resourceKeys, 'A resource has no', 'template.section'));
    const type = this.#node(pairOf(node, 'type')?.value);
    if (!isScalar(type)) {
      this.#tell(key, 'error', 'template.resource', `Resource "${name}" has no type.`);
      return;
    }
    const called = String(type.value);
    const removed = removedTypes.find(([pattern]) => pattern.test(called));
    if (removed) {
      const message = `Heat has no ${called} any more; use ${removed[1]}.`;
      this.#tell(type, 'warning', 'template.resource', message);
    }
    const policy = this.#node(pairOf(node, 'deletion_policy')?.value);
    if (isScalar(policy) && !/^(?:delete|retain|snapshot)$/i.test(String(policy.value)))
      this.#tell(policy, 'error', 'template.resource', 'deletion_policy takes "Delete", "Retain", "Snapshot".');
    const condition = this.#node(pairOf(node, 'condition')?.value);
    if (isScalar(condition) && typeof condition.value === 'string') this.#mustBe('condition', condition);
    this.#dependsOn(name, this.#node(pairOf(node, 'depends_on')?.value));
    if (!pairOf(node, 'external_id')) this.#properties(called, key, this.#node(pairOf(node, 'properties')?.value));
    for (const part of ['properties', 'metadata', 'condition']) this.#walk(this.#node(pairOf(node, part)?.value), name);
  }

  #properties(type: string, key: Node, properties: Node | undefined): void {
    if (properties && !isMap(properties)) return;
    // What another part puts in may be anything.
    if (properties?.items.length === 1 && functionName(properties) !== undefined) return;
    const has = (name: string) => properties !== undefined && pairOf(properties, name) !== undefined;
    for (const required of requiredProperties[type] ?? []) {
      const [first] = required.split('|');
      if (required.split('|').some(has)) continue;
      this.#tell(key, 'error', 'template.property', `${type} needs the property ${first}; Heat refuses the template without it.`);
    }
    const choice = alternatives[type];
    const given = choice?.of.filter(has) ?? [];
    if (choice && given.length === 0)
      this.#tell(key, 'error', 'template.property', `${type} needs one of ${choice.of.join(', ')}; Heat refuses it without.`);
    const second = given[1];
    if (choice && !choice.several && second !== undefined && properties)
      this.#tell(
        pairOf(properties, second)?.key,
        'warning',
        'template.property',
        `Only one of ${given.join(' and ')} can be given.`,
      );
  }

  #dependsOn(from: string, node: Node | undefined): void {
    for (const one of isSeq(node) ? node.items.map((item) => this.#node(item)) : [node])
      if (isScalar(one) && this.#mustBe('resource', one)) this.#waits.get(from)?.add(String(one.value));
  }

  /** Functions anywhere below a node. `from` is the resource it belongs to. */
  #walk(node: Node | undefined, from: string | undefined): void {
    if (isSeq(node)) for (const item of node.items) this.#walk(this.#node(item), from);
    if (!isMap(node)) return;
    const [first] = pairsOf(node);
    const called = functionName(node);
    if (called !== undefined && first) this.#function(called, first.key, this.#node(first.value), from);
    for (const { value } of pairsOf(node)) this.#walk(this.#node(value), from);
  }

  #function(called: string, key: Node, argument: Node | undefined, from: string | undefined): void {
    const first = isSeq(argument) ? this.#node(argument.items[0]) : argument;
    const target = { get_param: 'parameter', get_resource: 'resource', get_attr: 'resource', if: 'condition' }[called] as
      | keyof typeof named
      | undefined;
    const isText = isScalar(first) && typeof first.value === 'string';
    if (target && isText && (called !== 'if' || isSeq(argument)))
      if (this.#mustBe(target, first) && target === 'resource' && from !== undefined)
        this.#waits.get(from)?.add(String(first.value));
    const since = functionsSince[called];
    const isMeant = !['if', 'repeat', 'digest'].includes(called) || isSeq(argument) || called === 'repeat';
    if (since !== undefined && isMeant && versionIndex(since) > this.#version) {
      const message = `${called} is a function since heat_template_version ${since}; in this template it is a mapping like any other.`;
      this.#tell(key, 'warning', 'template.function', message);
    }
    if (called.startsWith('Fn::') && this.#version > 0 && this.#version < heatVersions.length)
      this.#tell(key, 'error', 'template.function', `${called} is a function in heat_template_version 2013-05-23 only.`);
  }

  /** Whether what is named stands in the template; told if not. What is still to be filled in counts as there. */
  #mustBe(what: keyof typeof named, node: Node): boolean {
    const name = isScalar(node) ? String(node.value) : '';
    if (name === '' || placeholders.test(name) || /%\w+%/.test(name)) return false;
    if (what === 'parameter' && pseudoParameters.includes(name)) return true;
    const all = this.#names(named[what]);
    if (all.has(name)) return true;
    const near = [...(all.size > mostNear ? [] : all)].find(
      (one) => one.toLowerCase() === name.toLowerCase() || isOneSlip(one, name),
    );
    const meaning = near === undefined ? '' : ` Did you mean "${near}"?`;
    this.#tell(node, 'error', 'template.target', `This template has no ${what} "${name}".${meaning}`);
    return false;
  }

  #cycles(): void {
    const done = new Set<string>();
    for (const { key } of this.#section('resources')) {
      const names = this.#cycleFrom(keyText(key), done);
      if (!names) continue;
      const shown = names.length > mostNamed ? [...names.slice(0, mostNamed - 2), '…', names.at(-1)] : names;
      this.#tell(key, 'error', 'template.cycle', `These resources wait for each other: ${shown.join(' → ')}.`);
      return;
    }
  }

  /** Follows a resource to those it waits for, the last of them first. Without recursion: there may be very many. */
  #cycleFrom(first: string, done: Set<string>): readonly string[] | undefined {
    const way: string[] = [];
    const on = new Set<string>();
    const open = [first];
    for (let name = open.at(-1); name !== undefined; name = open.at(-1)) {
      if (on.has(name) && way.at(-1) !== name) return [...way.slice(way.indexOf(name)), name];
      if (done.has(name) || on.has(name)) {
        open.pop();
        if (on.delete(name)) way.pop();
        done.add(name);
        continue;
      }
      way.push(name);
      on.add(name);
      const next = this.#waits.get(name) ?? new Set();
      if (next.has(name)) return [name, name];
      for (const one of next) if (!done.has(one)) open.push(one);
    }
    return undefined;
  }
}

/** As many names are read in a sentence, and looked through for one that is nearly meant. */
const [mostNamed, mostNear] = [8, 500];

function functionName(node: YAMLMap): string | undefined {
  const [first] = node.items;
  const called = node.items.length === 1 ? keyText(first?.key) : '';
  return /^(?:get_\w+|Fn::\w+)$/.test(called) || Object.hasOwn(functionsSince, called) ? called : undefined;
}

function versionIndex(version: string): number {
  return heatVersions.findIndex((names) => names.includes(version));
}

function unknownKeys(map: YAMLMap, known: readonly string[], sentence: string, code: string): LocalFinding[] {
  return pairsOf(map).flatMap(({ key }): LocalFinding[] => {
    const name = keyText(key);
    if (name === '' || name === '<<' || known.includes(name) || placeholders.test(name)) return [];
    const near = known.find((one) => isOneSlip(one, name));
    const meaning = near === undefined ? '' : ` Did you mean "${near}"?`;
    return [{ range: rangeOf(key), severity: 'error', code, message: `${sentence} "${name}"; Heat refuses it.${meaning}` }];
  });
}

/** Whether two words differ in one letter that is other, missing or too much, or in two neighbours that changed places. */
function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const [rest, others] = [one.slice(same), other.slice(same)];
  return (
    rest.slice(1) === others.slice(1) ||
    rest === others.slice(1) ||
    rest.slice(1) === others ||
    (rest[0] === others[1] && rest[1] === others[0] && rest.slice(2) === others.slice(2))
  );
}

function oneOf(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

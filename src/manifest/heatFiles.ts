import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearestText } from '../base/nearestText.ts';
import type { Range } from './finding.ts';
import { formOf, givesParameters } from './form.ts';
import { mapAt, pairsOf } from './heatTemplate.ts';
import type { LocalManifest } from './manifest.ts';
import { keyText, type LocalFinding, pairOf, resolved } from './parse.ts';
import { rangeOf } from './path.ts';
import { placeholders } from './placeholders.ts';

/** A text and where it stands. */
interface Written {
  readonly text: string;
  readonly range: Range;
}

/** What a Heat template or environment takes from other files. */
export interface HeatFiles {
  /** Files beside it that are sent along, as written: of `get_file`, of nested templates, of the registry of an environment. */
  readonly files: readonly Written[];
  /** Parameters that an environment gives values to: its template must have them. */
  readonly gives: readonly Written[];
}

/** A template beside an environment. */
export interface BesideTemplate {
  readonly file: string;
  readonly parameters: readonly string[];
}

const none: HeatFiles = { files: [], gives: [] };
/** A template or another text of the same source; what has a scheme or is a type is none. Source: python-heatclient, `heatclient/common/template_utils.py`. */
const nestedName = /^(?!\w[\w+.-]*:)\S+\.(?:ya?ml|template)$/;

/** What of other files is wanted. An environment may have nothing but `parameters`; whether it is one, the template beside it tells. */
export function heatFilesOf(manifest: LocalManifest): HeatFiles {
  if (manifest.document.template || manifest.embedded) return none;
  switch (formOf(manifest)) {
    case 'heat template':
      return { files: filesOfTemplate(manifest), gives: [] };
    case 'heat environment':
      return { files: filesOfRegistry(manifest), gives: givenBy(manifest) };
    case undefined:
      return givesParameters(manifest.root) ? { files: [], gives: givenBy(manifest) } : none;
    default:
      return none;
  }
}

/** The parameters of a template; undefined for what is none. */
export function parametersOf(manifest: LocalManifest): readonly string[] | undefined {
  if (manifest.document.template || formOf(manifest) !== 'heat template') return undefined;
  return pairsOf(mapAt(manifest.root, 'parameters', manifest)).map(({ key }) => keyText(key));
}

function givenBy(manifest: LocalManifest): Written[] {
  return pairsOf(mapAt(manifest.root, 'parameters', manifest)).flatMap(({ key }): Written[] => {
    const text = keyText(key);
    return text === '' || text === '<<' || placeholders.test(text) ? [] : [{ text, range: rangeOf(key) }];
  });
}

function filesOfTemplate(manifest: LocalManifest): Written[] {
  const found: Written[] = [];
  const walk = (node: Node | undefined): void => {
    if (isSeq(node)) for (const item of node.items) walk(resolved(item, manifest.tree));
    if (!isMap(node)) return;
    for (const { key, value } of pairsOf(node)) {
      const inside = resolved(value, manifest.tree);
      if (node.items.length === 1 && keyText(key) === 'get_file') found.push(...pathOf(inside, /^(?!\w[\w+.-]*:|\/)\S/));
      walk(inside);
    }
  };
  for (const { value } of pairsOf(mapAt(manifest.root, 'resources', manifest))) {
    const resource = resolved(value, manifest.tree);
    if (isMap(resource)) found.push(...pathOf(resolved(pairOf(resource, 'type')?.value, manifest.tree), nestedName));
    walk(resource);
  }
  return found;
}

function filesOfRegistry(manifest: LocalManifest): Written[] {
  const registry = mapAt(manifest.root, 'resource_registry', manifest);
  // Then paths count from another place.
  if (!registry || pairOf(registry, 'base_url')) return [];
  return pairsOf(registry).flatMap(({ value }) => pathOf(resolved(value, manifest.tree), nestedName));
}

function pathOf(node: Node | undefined, is: RegExp): Written[] {
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  return node && is.test(text) && !placeholders.test(text) && !/%\w+%/.test(text) ? [{ text, range: rangeOf(node) }] : [];
}

/** A file that is not there: whoever sends the template fails before Heat hears of it; something may still make it. */
export function missingFile({ text, range }: Written): LocalFinding {
  const message = `${text} is not there, beside this file; the client that sends this template to Heat stops at it.`;
  return { range, severity: 'warning', code: 'template.file', message };
}

/** Parameters that none of the templates beside an environment has. Nothing without a template: then nobody knows. Source: openstack/heat, `heat/engine/parameters.py`, `_validate_user_parameters`. */
export function unknownParameters(gives: readonly Written[], templates: readonly BesideTemplate[]): LocalFinding[] {
  if (templates.length === 0) return [];
  const known = [...new Set(templates.flatMap(({ parameters }) => parameters))];
  const names = templates.map(({ file }) => file.slice(file.lastIndexOf('/') + 1));
  const which = names.length === 1 ? names[0] : `None of ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
  return gives.flatMap(({ text, range }): LocalFinding[] => {
    if (known.includes(text)) return [];
    const meant = nearestText(known, text);
    const message = `${which} has ${names.length === 1 ? 'no' : 'a'} parameter "${text}"; Heat refuses an environment that gives one.`;
    const fixes = meant === undefined ? {} : { fixes: [{ title: `Replace by "${meant}"`, newText: meant, preferred: true }] };
    return [
      {
        range,
        // Of several, it may belong to none.
        severity: templates.length === 1 ? 'error' : 'warning',
        code: 'environment.parameter',
        message: meant === undefined ? message : `${message} Did you mean "${meant}"?`,
        ...fixes,
      },
    ];
  });
}

/**
 * The templates that an environment may belong to: one whose name is a part of its own (`web.yaml` of `web-env.yaml`, `web.prod.yaml`), else all of them; those that others are made of are
 * looked at, too, since they may be sent by themselves.
 */
export function templatesFor(environment: string, templates: readonly BesideTemplate[]): readonly BesideTemplate[] {
  const own = stem(environment);
  const named = templates.filter(
    ({ file }) => stem(file).length > 1 && own.split(/[-_.]/).join('-').includes(stem(file).split(/[-_.]/).join('-')),
  );
  return named.length > 0 ? named : templates;
}

function stem(file: string): string {
  return file
    .slice(file.lastIndexOf('/') + 1)
    .replace(/\.\w+$/, '')
    .toLowerCase();
}

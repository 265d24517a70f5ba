import { posix } from 'node:path';
import { failed, type Result, success } from '../../base/failure.ts';
import { isFields } from '../../base/fields.ts';
import type { ManifestFile } from '../files/discover.ts';
import type { Files } from '../files/files.ts';
import type { StackDeclaration } from './declaration.ts';
import { templateDocument } from './templateDocument.ts';

/** The files of a stack, as its request carries them. */
export interface StackFiles {
  /** Path as the editor knows it, and text. */
  readonly template: ManifestFile;
  /** What Heat is given by the name that stands in the template, an environment or the declaration: nested templates, files of `get_file`, environments. */
  readonly contents: ReadonlyMap<string, ManifestFile>;
  /** Files that are templates or environments: checked like manifests. */
  readonly checked: readonly ManifestFile[];
}

/** Heat refuses a template above 512 KiB (`max_template_size`); this is for a file that was named by mistake. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Heat's own limits are 5 nested levels (`max_nested_stack_depth`) and 1,000 resources. */
const MOST_FILES = 500;

/**
 * Reads a stack's template, its environments and all that they name: `get_file`, nested templates (`type: workers.yaml`), providers of a `resource_registry`. A name counts from the file in which it stands, and goes to
 * Heat as it is written there. Addresses (`http://…`) are left to Heat. Nothing outside of `within` (folders) is read. Fails with `invalid` or `notFound`, saying which file names what.
 * Source: orchestration API reference v1, "Create stack": `files`, `environment_files`; HOT specification, `get_file`.
 */
export async function readStackFiles(
  declaration: StackDeclaration,
  files: Files,
  within: readonly string[],
): Promise<Result<StackFiles>> {
  const reading = new Reading(files, within.map(cleaned));
  const { file: declared } = declaration.written.source;
  const template = await reading.read(declaration.template, declared);
  if (!template.ok) return template;
  const checked = [template.value];
  const contents = new Map<string, ManifestFile>();
  const open = [template.value];
  for (const name of declaration.environments) {
    const environment = await reading.read(name, declared);
    if (!environment.ok) return environment;
    contents.set(name, environment.value);
    checked.push(environment.value);
    open.push(environment.value);
  }
  for (let from = open.shift(); from !== undefined; from = open.shift()) {
    const named = namesIn(from);
    if (!named.ok) return named;
    for (const { name, isTemplate } of named.value) {
      const found = await reading.read(name, from.file);
      if (!found.ok) return found;
      const known = contents.get(name);
      if (known && known.file !== found.value.file)
        return failed(
          'invalid',
          `${known.file} and ${found.value.file} are both named "${name}", and Heat tells files by that name. Rename one.`,
        );
      if (known) continue;
      if (contents.size >= MOST_FILES) return failed('invalid', `Stack ${declaration.name} names more than ${MOST_FILES} files.`);
      contents.set(name, found.value);
      if (!isTemplate) continue;
      open.push(found.value);
      checked.push(found.value);
    }
  }
  return success({ template: template.value, contents, checked });
}

class Reading {
  readonly #files: Files;
  readonly #within: readonly string[];

  constructor(files: Files, within: readonly string[]) {
    this.#files = files;
    this.#within = within;
  }

  async read(name: string, from: string): Promise<Result<ManifestFile>> {
    const path = name.replace(/^file:\/\//, '');
    const file = cleaned(path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/') + 1)}${path}`);
    const says = `${from} names ${name}`;
    if (!this.#within.some((folder) => isWithin(file, folder)))
      return failed('invalid', `${says}, which is outside of the folders that are deployed. Move it there.`);
    const facts = await this.#files.facts(file);
    if (!facts.ok) return failed(facts.failure.reason, `${says}: ${facts.failure.message}`);
    if (facts.value.type !== 'file' || facts.value.size > MOST_BYTES)
      return failed('invalid', `${says}, which is ${facts.value.type === 'file' ? 'larger than 4 MiB' : 'no file'}.`);
    const text = await this.#files.read(file);
    return text.ok ? success({ file, text: text.value }) : failed(text.failure.reason, `${says}: ${text.failure.message}`);
  }
}

function isWithin(file: string, folder: string): boolean {
  if (folder === '.') return !ELSEWHERE.test(file) && !/^(?:\/|\.\.(?:\/|$))/.test(file);
  return file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The folders that deployed files and folders stand for: a file, the one it is in. */
export function foldersOf(places: readonly string[]): readonly string[] {
  return places.map((place) => (/\.(?:ya?ml|json)$/i.test(place) ? posix.dirname(cleaned(place)) : cleaned(place)));
}

/** An URI keeps its scheme: what joins paths would take a slash from it. */
function cleaned(path: string): string {
  const [, scheme = '', rest = path] = /^([a-z][a-z0-9+.-]+:\/{1,2})(.*)$/i.exec(path) ?? [];
  return `${scheme}${posix.normalize(rest).replace(/(?<=.)\/$/, '')}`;
}

interface Named {
  readonly name: string;
  /** Another template follows; else its text is used as it is. */
  readonly isTemplate: boolean;
}

/** Heat takes a type that ends so for a file. Source: heat, `heat/engine/environment.py`, `ResourceRegistry.get_resource_info`. */
const TEMPLATE_NAME = /\.(ya?ml|template)$/;
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:/i;

function namesIn(from: ManifestFile): Result<readonly Named[]> {
  const read = templateDocument(from);
  if (!read.ok) return read;
  const found = new Map<string, Named>();
  const add = (name: unknown, isTemplate: boolean): void => {
    if (typeof name !== 'string' || name === '') return;
    const isFile = name.startsWith('file:///');
    // The client of Heat writes such an address for a file of the disk; here paths are relative.
    if (!ELSEWHERE.test(name) || isFile)
      found.set(name, { name, isTemplate: isTemplate || (found.get(name)?.isTemplate ?? false) });
  };
  const walk = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, '');
    else if (isFields(value)) for (const [name, item] of Object.entries(value)) walk(item, name);
    else if (key === 'get_file') add(value, false);
    else if (key === 'type' && typeof value === 'string' && TEMPLATE_NAME.test(value)) add(value, true);
  };
  const { resource_registry: registry, ...rest } = read.value;
  walk(rest, '');
  for (const name of providersIn(registry)) add(name, true);
  return success([...found.values()]);
}

/** Files that a `resource_registry` names, those for single resources included. Source: heat documentation, "Environments". */
export function providersIn(registry: unknown): readonly string[] {
  if (typeof registry === 'string') return TEMPLATE_NAME.test(registry) ? [registry] : [];
  return isFields(registry) ? Object.values(registry).flatMap(providersIn) : [];
}

import { type Document, isMap } from 'yaml';
import { creates } from '../manifest/creates.ts';
import { linesAround } from '../manifest/edit.ts';
import { formOf } from '../manifest/form.ts';
import { type HeatFiles, heatFilesOf } from '../manifest/heatFiles.ts';
import { LineIndex, type Replacement } from '../manifest/lineIndex.ts';
import { type LocalManifest, localManifests } from '../manifest/manifest.ts';
import { misspeltKeys } from '../manifest/misspeltKeys.ts';
import { type ObjectName, objectNamesOf } from '../manifest/objectNames.ts';
import { hasItsKeys, type LocalFinding, type ParsedDocument, whileTyping } from '../manifest/parse.ts';
import { textAt } from '../manifest/path.ts';
import { readText } from '../manifest/readText.ts';
import { type Reference, referencesOf } from '../manifest/references.ts';
import { type DefinedKind, definedKinds } from '../manifest/schema/customResources.ts';
import type { KnownSchema } from '../manifest/schema/fieldSchema.ts';
import { type KindName, type SchemasOf, structureOf } from '../manifest/schema/structure.ts';
import type { SchemaFinding } from '../manifest/schema/validate.ts';
import { staticFindings } from '../manifest/staticFindings.ts';
import { type Suppression, suppressionsIn } from '../manifest/suppressions.ts';
import type { Syntax } from '../manifest/syntax.ts';
import type { ReferenceFinding } from '../manifest/verdict.ts';
import type { FactsLookup } from '../protocol.ts';

/** What a document names: worked out after its mistakes are told, see {@link Section.settle}. */
interface Named {
  readonly references: readonly Reference[];
  /** The names of Kubernetes objects in it. */
  readonly names: readonly ObjectName[];
}

/** What a document says by itself. */
interface Content extends Named {
  readonly findings: readonly LocalFinding[];
  /** Comments that answer findings. */
  readonly suppressions: readonly Suppression[];
  /** The resources its manifests bring about. */
  readonly creates: readonly string[];
  /** The kinds its manifests are of, each once: their schemas are asked for. */
  readonly kinds: readonly KindName[];
  /** The kinds its manifests define. */
  readonly defines: readonly DefinedKind[];
  /** What a Heat template or environment takes from files beside it. */
  readonly heat: HeatFiles;
  /** True if this looks like a manifest, so that its findings are ours to tell. */
  readonly isManifest: boolean;
}

/** What the cloud said about the references of a section. */
export interface SectionCheck {
  readonly findings: readonly ReferenceFinding[];
  readonly unknown: number;
  readonly paused?: string;
  /** When the cloud was asked last, in ms since the epoch. */
  readonly at: number;
}

const nothing: readonly never[] = [];
/** The tree of a text of so many UTF-16 units is kept for the next edit; others are read anew as quickly. */
const longText = 16 * 1024;

/** The section that stood somewhere until an edit, and what of its text gave way. */
export interface Edited {
  readonly section: Section;
  /** Undefined when nobody knows. */
  readonly edit: Replacement | undefined;
}

/**
 * One YAML document of an open file: what is known of it from its text alone, read when somebody first wants to know, and, once asked, from the cloud. Lives on while its
 * text stands, wherever it moves in the file.
 */
export class Section {
  readonly text: string;
  readonly lineCount: number;
  readonly #syntax: Syntax;
  checked: SectionCheck | undefined;
  /** What is wrong with the objects of Kubernetes that it names. */
  objects: readonly LocalFinding[] = nothing;
  /** True when the cloud may have changed since: what is known stands until it is asked again. */
  outdated = false;
  /** What the schemas say, once it was read by them. */
  structure: readonly SchemaFinding[] = nothing;
  #schemas: readonly (readonly KnownSchema[])[] = nothing;
  #defined: readonly KindName[] = nothing;
  #generation: number | undefined;
  /** Made when there is one to keep: a large file has hundreds of thousands of sections that nobody asks about. */
  #answers: Map<Reference, FactsLookup> | undefined;
  #content: LazyContent | undefined;
  #lines: LineIndex | undefined;

  /** What was read of its text, kept of a long one: the section that follows after an edit uses it up. */
  #read: ParsedDocument | undefined;
  #before: Section | undefined;
  #hasEnd: boolean | undefined;

  /** `before`: the section that stood there until an edit, and is gone now; of a long one what is known of its lines is taken over. */
  constructor(text: string, syntax: Syntax = 'yaml', before?: Edited) {
    this.text = text;
    this.#syntax = syntax;
    const { section, edit } = (text.length > longText && before) || {};
    if (section) this.#before = section.#content || !section.#before ? section : section.#before;
    if (section && edit) {
      this.#lines = section.lines.edited(text, edit);
      this.#hasEnd = section.hasEnd ? undefined : endsIn(linesAround(text, edit.start, edit.start + edit.text.length));
    }
    this.lineCount = this.#lines?.lineCount ?? countLines(text);
  }

  /** Whether a line in it ends a document (`...`). */
  get hasEnd(): boolean {
    this.#hasEnd ??= endsIn(this.text);
    return this.#hasEnd;
  }

  /** The answer to each reference, for hover, links and hints. */
  get answers(): Map<Reference, FactsLookup> {
    this.#answers ??= new Map();
    return this.#answers;
  }

  get isRead(): boolean {
    return this.#content !== undefined;
  }

  /** Works out what it names, and lets go of the syntax tree. True if there was something to do. */
  settle(): boolean {
    return this.#content?.settle() ?? false;
  }

  /** Names nothing from now on, unless that is known already: its tree is about to be used up. */
  abandon(): void {
    this.#content?.abandon();
  }

  /** Reads the text if nobody has yet. The syntax tree is kept only until it is settled: few sections are ever looked into again. */
  get content(): Content {
    this.#content ??= read(this.#parse());
    return this.#content;
  }

  #parse(): Manifests {
    const base = this.#before;
    const before = base ? base.#read : undefined;
    // Nobody asks what a text names that is gone, and its tree is no longer as it was.
    if (before) base?.abandon();
    if (base) base.#read = undefined;
    this.#before = undefined;
    const tree = before?.tree;
    const parsed = readText(this.text, this.#syntax, whileTyping, before && tree ? { text: before.text, tree } : undefined);
    if (parsed.common && this.text.length > longText) this.#read = parsed;
    return manifestsOf(this.text, parsed);
  }

  /** Reads the text, and by the schemas, unless it was read by the same before. `generation`: another number when any of them may be other. True if there was something to do. */
  read(schemasOf: SchemasOf, generation: number): boolean {
    if (this.#content && this.#generation === generation) return false;
    const parsed = this.#content ? undefined : this.#parse();
    if (parsed) this.#content = read(parsed);
    this.#generation = generation;
    const { kinds } = this.content;
    const schemas = kinds.map(schemasOf);
    // Definitions may say of a kind that has no schema that it is another one.
    const defined = schemas.every(({ length }) => length > 0) ? nothing : definedBeside(kinds, schemas, schemasOf);
    const isSame = schemas.every(
      (one, index) => one === this.#schemas[index] || (one.length === 0 && !this.#schemas[index]?.length),
    );
    if (isSame && defined.length === this.#defined.length && defined.every((one, index) => one === this.#defined[index]))
      return parsed !== undefined;
    this.#schemas = schemas;
    this.#defined = defined;
    const { findings } = this.content;
    const manifests = parsed?.manifests ?? this.#content?.manifests ?? this.manifests;
    this.structure = manifests.flatMap((manifest) => structureOf(manifest, schemasOf, findings));
    return true;
  }

  /** The syntax tree and the manifests in it, parsed for the one who asks; no tree for text that is not given to the parser. */
  get parsed(): { readonly tree: Document | undefined; readonly manifests: readonly LocalManifest[] } {
    const parsed = this.#read ?? readText(this.text, this.#syntax, whileTyping);
    return { tree: parsed.tree, manifests: manifestsIn(localManifests(parsed)) };
  }

  get manifests(): readonly LocalManifest[] {
    return this.parsed.manifests;
  }

  get lines(): LineIndex {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines;
  }
}

/** The kinds that definitions define in the groups of those that have no schema. */
function definedBeside(
  kinds: readonly KindName[],
  schemas: readonly (readonly KnownSchema[])[],
  schemasOf: SchemasOf,
): readonly KindName[] {
  const unknown = kinds.filter((_, index) => schemas[index]?.length === 0);
  const groups = new Set(unknown.map(({ apiVersion }) => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))));
  return [...groups].flatMap((group) => schemasOf.defined?.(group) ?? []);
}

interface Manifests {
  readonly text: string;
  readonly parsed: ParsedDocument;
  readonly manifests: readonly LocalManifest[];
  /** What would be manifests if their first keys were written right. */
  readonly misspelt: readonly LocalFinding[];
}

function manifestsOf(text: string, parsed: ParsedDocument): Manifests {
  const all = localManifests(parsed);
  const others = hasItsKeys(parsed) ? all.filter((one) => formOf(one) === undefined) : [];
  return { text, parsed, manifests: manifestsIn(all), misspelt: others.flatMap(({ root }) => misspeltKeys(root)) };
}

/** Its mistakes are told before anybody asks what it names: that is worked out when the editor has been told, or when somebody asks. */
class LazyContent implements Content {
  readonly findings: Content['findings'];
  readonly suppressions: Content['suppressions'];
  readonly creates: Content['creates'];
  readonly kinds: Content['kinds'];
  readonly defines: Content['defines'];
  readonly heat: Content['heat'];
  readonly isManifest: boolean;
  /** As long as it is to be worked out. */
  #manifests: readonly LocalManifest[] | undefined;
  #named: Named = namesNothing;

  constructor(read: Omit<Content, keyof Named>, manifests: readonly LocalManifest[]) {
    this.findings = read.findings;
    this.suppressions = read.suppressions;
    this.creates = read.creates;
    this.kinds = read.kinds;
    this.defines = read.defines;
    this.heat = read.heat;
    this.isManifest = read.isManifest;
    this.#manifests = manifests;
  }

  /** Its manifests, as long as it is not settled. */
  get manifests(): readonly LocalManifest[] | undefined {
    return this.#manifests;
  }

  get references(): readonly Reference[] {
    this.settle();
    return this.#named.references;
  }

  get names(): readonly ObjectName[] {
    this.settle();
    return this.#named.names;
  }

  settle(): boolean {
    const manifests = this.#manifests;
    if (!manifests) return false;
    this.#manifests = undefined;
    this.#named = {
      references: manifests.flatMap((manifest) => referencesOf(manifest)),
      names: manifests.flatMap((manifest) => objectNamesOf(manifest)),
    };
    return true;
  }

  /** It names nothing unless that is known already. */
  abandon(): void {
    this.#manifests = undefined;
  }
}

const namesNothing: Named = { references: nothing, names: nothing };

function read({ text, parsed, manifests, misspelt }: Manifests): LazyContent {
  const fixed = hasItsKeys(parsed) ? [...misspelt, ...manifests.flatMap((manifest) => staticFindings(manifest))] : [];
  const kinds = new Map(manifests.flatMap((one) => namedKind(one).map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind])));
  const said = {
    findings: [...parsed.findings, ...fixed],
    suppressions: suppressionsIn(text),
    creates: manifests.flatMap((manifest) => creates(manifest)),
    kinds: [...kinds.values()],
    defines: manifests.flatMap((manifest) => definedKinds(manifest)),
    heat: heatFilesIn(parsed),
    isManifest: manifests.length + misspelt.length > 0 || /^apiVersion:/m.test(text),
  };
  return new LazyContent(said, manifests);
}

const noFiles: HeatFiles = { files: [], gives: [] };

/** Objects of Kubernetes have none: they are not looked through for some at each keystroke. */
function heatFilesIn(parsed: ParsedDocument): HeatFiles {
  const { tree } = parsed;
  const root = tree?.contents;
  if (!tree || !isMap(root) || textAt(root, 'kind', tree) !== undefined) return noFiles;
  if (!/^[ \t]*["']?(?:parameters|get_file|resource_registry|type)["']?[ \t]*:|get_file/m.test(parsed.text)) return noFiles;
  const [only, ...others] = localManifests(parsed);
  return only && others.length === 0 && only.kind === undefined ? heatFilesOf(only) : noFiles;
}

function namedKind({ apiVersion, kind }: LocalManifest): KindName[] {
  return apiVersion === undefined || kind === undefined ? [] : [{ apiVersion, kind }];
}

function manifestsIn(all: readonly LocalManifest[]): readonly LocalManifest[] {
  return all.filter((one) => formOf(one) !== undefined);
}

const ends = /^\.\.\.(?:\s|$)/m;

/** Whether one of these lines ends a document (`...`). */
export function endsIn(lines: string): boolean {
  return (lines.startsWith('...') || lines.includes('\n...')) && ends.test(lines);
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument as parseYaml,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { aliasTarget } from './aliases.ts';
import { readCommonYaml } from './commonYaml.ts';
import { Edit, type ReadBefore } from './edit.ts';
import type { Finding, Range, Severity } from './finding.ts';
import { invisibleFindings } from './invisibleCharacters.ts';
import { structureFindings } from './kubectlStructure.ts';
import { keyText, kubectlScalars } from './scalars.ts';
import { mayBeTemplate, type TemplateKind, templateOf } from './templates.ts';

export { keyText } from './scalars.ts';

/** A finding of one document, its range counted from the document's start. */
export interface LocalFinding {
  readonly range: Range;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** Replacements for the range, as in {@link Finding}. */
  readonly fixes?: NonNullable<Finding['fixes']>;
}

/** One document, parsed alone: everything in it counts from its own start, so that it can be kept while others change. */
export interface ParsedDocument {
  readonly text: string;
  /** The syntax tree; undefined when the text was not given to the parser (too deep). */
  readonly tree: Document | undefined;
  readonly findings: readonly LocalFinding[];
  /** True for text that is to be rendered first (Helm, Jinja, envsubst): literal values are still checked, noise is mute. */
  readonly template: boolean;
  /** What has to be done with it first. */
  readonly templateKind?: TemplateKind;
  /** What rules call a file of another syntax than YAML. */
  readonly form?: string;
  /** True if the tree may be used up when the text is read again after an edit. */
  readonly common?: boolean;
}

/** Whether the keys of a document are those of the object it becomes: where only variables are to be put in, they stand for values. */
export function hasItsKeys({ template, templateKind }: ParsedDocument): boolean {
  return !template || templateKind === 'substituted';
}

const options = {
  version: '1.2',
  schema: 'core',
  merge: true,
  customTags: kubectlScalars,
  strict: true,
  // Looked for below: the parser compares each key with every other.
  uniqueKeys: false,
  prettyErrors: false,
  keepSourceTokens: false,
  logLevel: 'silent',
} as const;
const { schema } = parseYaml('', options);

const deepest = 200;
const longest = 64 * 1024;
/** What follows so many errors of the parser are echoes. */
const mostErrors = 20;
const conflictMarks = ['<<<<<<< ', '=======', '>>>>>>> '];
const conflict = /^(?:<{7} |={7}\r?$|>{7} )/m;

/** How large a document may be to be read, in UTF-16 units; `uncommon` where it must be read by the reader of all YAML, which takes ten times as long. */
export interface ReadingLimits {
  readonly largest: number;
  readonly uncommon: number;
}

/** An API server takes 3 MiB. */
const anyObject: ReadingLimits = { largest: 5 * 1024 * 1024, uncommon: 5 * 1024 * 1024 };
/** What is read while somebody types: etcd holds 1.5 MiB. */
export const whileTyping: ReadingLimits = { largest: 2 * 1024 * 1024, uncommon: 512 * 1024 };

/** Parses the text of one document. Never throws; broken text gives what could be read and the errors. `before`: what was read of it before an edit; that tree is used up. */
export function parseDocument(text: string, limits = anyObject, before?: ReadBefore): ParsedDocument {
  if (text.length > limits.largest) return unreadFor(text, limits);
  const edit = before && new Edit(before, text);
  // What was read before had none.
  const marked = edit ? edit.written : text;
  const marker = conflictMarks.some((mark) => marked.includes(mark)) ? conflict.exec(text) : null;
  if (marker)
    return refused(
      text,
      mayBeTemplate(text),
      marker.index,
      'yaml.conflict',
      'This is a merge conflict that git left open. Resolve it first.',
      7,
    );
  // What the reader of common YAML reads without help is not too deep.
  const plain = edit ? undefined : readCommonYaml(text, schema, deepest);
  const deep = !plain?.tree && mayBeTooDeep(text, edit) ? tooDeepAt(text) : undefined;
  if (deep !== undefined)
    return refused(
      text,
      mayBeTemplate(text),
      deep,
      'yaml.tooDeep',
      `More than ${deepest} levels deep: no object is. This document is not read.`,
      1,
    );
  const common = plain?.tree ? plain : readCommonYaml(text, schema, deepest, { any: readAny, edit });
  if (!common.tree && text.length > limits.uncommon) return unreadFor(text, limits, common.stoppedAt);
  const tree = common.tree ?? readAny(text);
  if (!tree) return refused(text, mayBeTemplate(text), 0, 'yaml.tooDeep', 'This document is nested too deeply to be read.', 1);
  const template = templateOf(tree, text, readTree);
  if (!template)
    return { text, tree, findings: findingsOf(tree, text, edit), template: false, common: common.tree !== undefined };
  // What is literal in it is read: where something is to be filled in stands a plain text for the reader. Its errors would be noise.
  return { text, tree: template.tree, findings: [], template: true, templateKind: template.kind };
}

/** Larger than any object is a mistake; larger than what is read while somebody types is not. */
function unreadFor(text: string, limits: ReadingLimits, at = 0): ParsedDocument {
  const [isMistake, template] = [text.length > anyObject.largest, false];
  if (isMistake)
    return refused(text, template, 0, 'yaml.tooLarge', 'This document is larger than any object may be, so it is not read.', 1);
  const why =
    text.length > limits.largest
      ? 'This document is so large that it is not checked while you type.'
      : 'From here on this document is written in a way, or has a mistake, that takes long to read, and it is large: it is not checked while you type.';
  const message = `${why} "hybrid-clusters check" and a deploy read it.`;
  return refused(text, template, at, 'yaml.tooLarge', message, 1, 'information');
}

function findingsOf(tree: Document, text: string, edit: Edit | undefined): readonly LocalFinding[] {
  const invisible = invisibleFindings(tree, text, edit);
  const structure = structureFindings(tree, text);
  if (invisible.length + structure.length === 0) return syntaxFindings(tree, text);
  // A directive and a character that does not belong there make the reader stumble over all that follows: one word is enough.
  const first = Math.min(
    ...[...invisible, ...structure.filter(({ code }) => code === 'yaml.directive')].map(({ range }) => range.start),
  );
  const line = text.lastIndexOf('\n', first - 1) + 1;
  const isBefore = ({ range }: LocalFinding) => range.start < line || !Number.isFinite(first);
  const syntax = syntaxFindings(tree, text);
  if (syntax.every(isBefore)) return [...syntax, ...invisible, ...structure];
  const culprits = invisible.map((one): LocalFinding => ({ ...one, severity: 'error' }));
  return [...syntax.filter(isBefore), ...culprits, ...structure.filter((one) => isBefore(one) || one.code === 'yaml.directive')];
}

function readTree(text: string): Document | undefined {
  return readCommonYaml(text, schema, deepest, { any: readAny }).tree ?? readAny(text);
}

function readAny(text: string): Document | undefined {
  const { stackTraceLimit } = Error;
  try {
    // Each mistake is an Error, and a broken text has a hundred thousand: nobody reads where in the parser they came up.
    Error.stackTraceLimit = 0;
    // A lone carriage return ends a line too, though hardly anybody writes it any more.
    return parseYaml(text.includes('\n') ? text : text.replaceAll('\r', '\n'), options);
  } catch (error) {
    // The parser recurses: nesting that the look at brackets does not see (indentation) ends in an overflow of the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function refused(
  text: string,
  isTemplate: boolean,
  at: number,
  code: string,
  message: string,
  length: number,
  severity: Severity = 'error',
): ParsedDocument {
  return {
    text,
    tree: undefined,
    template: isTemplate,
    findings: [{ range: { start: at, end: at + length }, severity, code, message }],
  };
}

const nothing: readonly never[] = [];

function syntaxFindings(tree: Document, text: string): readonly LocalFinding[] {
  if (tree.errors.length === 0) return nothing;
  return tree.errors.slice(0, mostErrors).map(({ message, pos: [start, end] }): LocalFinding => {
    const range = { start, end: Math.max(start + 1, Math.min(end, text.length)) };
    return { range, severity: 'error', code: 'yaml.syntax', message: message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '') };
  });
}

/**
 * Whether so many levels could be in a text: a line that is indented so far, or as many dashes at the start of one, or so many brackets; none of an edited text that stands in lines as they
 * were, for the text before was read. What a keystroke can wait for.
 */
function mayBeTooDeep(text: string, edit: Edit | undefined): boolean {
  const lines = edit ? edit.lines : text;
  if (lines.startsWith(margin) || lines.includes(`\n${margin}`)) return true;
  for (let line = 0; ; ) {
    const end = lines.indexOf('\n', line);
    const isLong = (end < 0 ? lines.length : end) - line > 2 * deepest;
    if (isLong && /^ *-/.test(lines.slice(line, line + 2 * deepest))) return true;
    if (end < 0) break;
    line = end + 1;
  }
  if (edit && !/[[\]{}"']/.test(lines)) return false;
  let brackets = 0;
  for (const one of ['[', '{'])
    for (let at = text.indexOf(one); at >= 0 && brackets <= deepest; at = text.indexOf(one, at + 1)) brackets += 1;
  return brackets > deepest;
}

const margin = ' '.repeat(deepest);

/** Where brackets or indentation go deeper than any object does: parsers have been brought down that way. One pass, no stack. */
function tooDeepAt(text: string): number | undefined {
  let [depth, quote] = [0, 0];
  const indents: number[] = [];
  for (let at = -1; at < text.length; at += 1) {
    const code = at < 0 ? NEWLINE : text.charCodeAt(at);
    if (code === NEWLINE) {
      quote = 0;
      if (isTooDeepLine(text, at + 1, indents)) return at + 1;
    } else if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if ((code === DOUBLE || code === SINGLE) && beforeQuote.test(text[at - 1] ?? ' ')) quote = code;
    else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > deepest) return at;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth = Math.max(0, depth - 1);
  }
  return undefined;
}

const [NEWLINE, RETURN, SPACE, DOUBLE, SINGLE, DASH] = [10, 13, 32, 34, 39, 45];
const [BRACKET, CLOSE_BRACKET, BRACE, CLOSE_BRACE] = [91, 93, 123, 125];
const beforeQuote = /[\s[{,:]/;

/** Takes a line among those that are open, by how far they are indented; lines in which nothing stands do not count. */
function isTooDeepLine(text: string, line: number, open: number[]): boolean {
  let first = line;
  while (text.charCodeAt(first) === SPACE) first += 1;
  const code = text.charCodeAt(first);
  if (Number.isNaN(code) || code === NEWLINE || code === RETURN) return false;
  const indent = first - line;
  const dashes = code === DASH ? (/^(?:- ?)*/.exec(text.slice(first, first + 3 * deepest))?.[0].length ?? 0) : 0;
  while ((open.at(-1) ?? -1) >= indent) open.pop();
  return dashes > 2 * deepest || open.push(indent) > deepest;
}

/** The pair of a mapping with this key, as kubectl names keys: `on:` is the key "true". */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  const items = map.items as Pair<Node, Node | null>[];
  // Asked more often than anything else: nothing is made for it.
  for (let index = 0; index < items.length; index += 1) {
    const pair = items[index];
    const value = isScalar(pair?.key) ? pair.key.value : undefined;
    if (typeof value === 'string' ? value === key : keyText(pair?.key) === key) return pair;
  }
  return undefined;
}

/** The node behind an alias; itself otherwise. */
export function resolved(node: unknown, tree: Document): Node | undefined {
  if (isAlias(node)) return aliasTarget(node, tree);
  return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
}

/** Whether a scalar is too long to be worth looking at closely. */
export function isLong(node: Scalar): boolean {
  return typeof node.value === 'string' && node.value.length > longest;
}

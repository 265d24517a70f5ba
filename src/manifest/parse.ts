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
  visit,
  type YAMLMap,
} from 'yaml';
import type { Range, Severity } from './finding.ts';
import { kubectlScalars, surprise } from './scalars.ts';

/** A finding of one document, its range counted from the document's start. */
export interface LocalFinding {
  readonly range: Range;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

/** One document, parsed alone: everything in it counts from its own start, so that it can be kept while others change. */
export interface ParsedDocument {
  readonly text: string;
  /** The syntax tree; undefined when the text was not given to the parser (too deep). */
  readonly tree: Document | undefined;
  readonly findings: readonly LocalFinding[];
  /** True for text that is to be rendered first (Helm, Jinja, envsubst): literal values are still checked, noise is mute. */
  readonly template: boolean;
}

const deepest = 200;
const longest = 64 * 1024;
/** An API server takes 3 MiB. */
const largest = 5 * 1024 * 1024;
const braces = /\{\{[-~]?[^}]*\}\}|\{%[-~]?/;
const conflict = /^(?:<{7} |={7}$|>{7} )/m;

/** Parses the text of one document. Never throws; broken text gives what could be read and the errors. */
export function parseDocument(text: string): ParsedDocument {
  const mayBeTemplate = braces.test(text);
  const marker = conflict.exec(text);
  if (marker)
    return refused(
      text,
      mayBeTemplate,
      marker.index,
      'yaml.conflict',
      'This is a merge conflict that git left open. Resolve it first.',
      7,
    );
  if (text.length > largest)
    return refused(
      text,
      mayBeTemplate,
      0,
      'yaml.tooLarge',
      'This document is larger than any object may be, so it is not read.',
      1,
    );
  const deep = tooDeepAt(text);
  if (deep !== undefined)
    return refused(
      text,
      mayBeTemplate,
      deep,
      'yaml.tooDeep',
      `More than ${deepest} levels deep: no object is. This document is not read.`,
      1,
    );
  const tree = readTree(text);
  if (!tree) return refused(text, mayBeTemplate, 0, 'yaml.tooDeep', 'This document is nested too deeply to be read.', 1);
  const isTemplate = mayBeTemplate && (tree.errors.length > 0 || hasBareBraces(tree));
  const findings = isTemplate ? [] : [...syntaxFindings(tree, text), ...scalarFindings(tree, text)];
  return { text, tree, findings, template: isTemplate };
}

/** Braces in quotes or in a block are a text like any other (alerting rules, workflows); bare ones, and those in a name, wait for somebody to fill them in. */
function hasBareBraces(tree: Document): boolean {
  let found = ['name', 'namespace'].some((key) => braces.test(String(tree.getIn(['metadata', key]) ?? '')));
  visit(tree, {
    Pair: (_key, { key }) => {
      found ||= isMap(key);
      return found ? visit.BREAK : undefined;
    },
    Scalar: (_key, { type, source }) => {
      found ||= type === 'PLAIN' && braces.test(source ?? '');
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

function readTree(text: string): Document | undefined {
  try {
    return parseYaml(text, {
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
    });
  } catch (error) {
    // The parser recurses: nesting that the look at brackets does not see (indentation) ends in an overflow of the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function refused(text: string, isTemplate: boolean, at: number, code: string, message: string, length: number): ParsedDocument {
  return {
    text,
    tree: undefined,
    template: isTemplate,
    findings: [{ range: { start: at, end: at + length }, severity: 'error', code, message }],
  };
}

function syntaxFindings(tree: Document, text: string): LocalFinding[] {
  return tree.errors.map(({ message, pos: [start, end] }): LocalFinding => {
    const range = { start, end: Math.max(start + 1, Math.min(end, text.length)) };
    return { range, severity: 'error', code: 'yaml.syntax', message: message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '') };
  });
}

/** Plain scalars that kubectl reads otherwise than a person would, and characters that no editor shows. */
function scalarFindings(tree: Document, text: string): LocalFinding[] {
  const findings: LocalFinding[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the character looked for
  const bad = /[\u0000\ufffd]/.exec(text);
  if (bad) {
    const what = bad[0] === '\u0000' ? 'A NUL character' : 'A character that is not valid UTF-8';
    findings.push({
      range: { start: bad.index, end: bad.index + 1 },
      severity: 'error',
      code: 'yaml.character',
      message: `${what} stands here; the API server refuses it.`,
    });
  }
  visit(tree, {
    Map: (_key, node) => {
      findings.push(...duplicateKeys(node));
    },
    Scalar: (key, node) => {
      const finding = node.type === 'PLAIN' ? readOtherwise(node, key === 'key') : undefined;
      if (finding) findings.push(finding);
    },
  });
  return findings;
}

function duplicateKeys({ items }: YAMLMap): LocalFinding[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }): LocalFinding[] => {
    const text = keyText(key);
    if (!isScalar(key) || text === '<<') return [];
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    const [start, end] = key.range ?? [0, 0];
    const message = `The key "${text}" stands twice in this mapping; kubectl would silently take the last. Remove one.`;
    return [{ range: { start, end }, severity: 'error', code: 'yaml.duplicateKey', message }];
  });
}

function readOtherwise(node: Scalar, isKey: boolean): LocalFinding | undefined {
  const [start, end] = node.range ?? [0, 0];
  const range = { start, end };
  if (typeof node.value === 'number' && !Number.isFinite(node.value))
    return {
      range,
      severity: 'error',
      code: 'yaml.notANumber',
      message: `JSON has no ${node.source}; kubectl refuses it. Quote it if a text is meant.`,
    };
  const read = node.source === undefined ? undefined : surprise(node.source);
  if (read === undefined) return undefined;
  const what = isKey ? `the key "${read}"` : read;
  // A mode such as 0644 is meant to be octal; what reads as a boolean seldom is meant so.
  const severity = /^[-+]?0/.test(node.source ?? '') ? 'hint' : 'information';
  return {
    range,
    severity,
    code: 'yaml.ambiguous',
    message: `kubectl reads ${node.source} as ${what}. Quote it if a text is meant.`,
  };
}

/** Where brackets or indentation go deeper than any object does: parsers have been brought down that way. One pass, no stack. */
function tooDeepAt(text: string): number | undefined {
  let [depth, quote] = [0, ''];
  const indents: number[] = [];
  for (let at = -1; at < text.length; at += 1) {
    const character = at < 0 ? '\n' : text[at];
    if (character === '\n') {
      quote = '';
      const dashes = /^(?:- ?)*/.exec(text.slice(at + 1, at + 1 + 3 * deepest))?.[0].length ?? 0;
      const indent = indentAt(text, at + 1);
      while (indent !== undefined && (indents.at(-1) ?? -1) >= indent) indents.pop();
      if (dashes > 2 * deepest || (indent !== undefined && indents.push(indent) > deepest)) return at + 1;
    } else if (quote !== '') {
      if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && /[\s[{,:]/.test(text[at - 1] ?? ' ')) quote = character;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > deepest) return at;
    } else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return undefined;
}

/** How far a line is indented; undefined when nothing stands in it. */
function indentAt(text: string, line: number): number | undefined {
  let at = line;
  while (text[at] === ' ') at += 1;
  return at >= text.length || text[at] === '\n' || text[at] === '\r' ? undefined : at - line;
}

/** The pair of a mapping with this key, as kubectl names keys: `on:` is the key "true". */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  return (map.items as Pair<Node, Node | null>[]).find((pair) => keyText(pair.key) === key);
}

/** A key as JSON has it. */
export function keyText(key: unknown): string {
  return isScalar(key) ? (typeof key.value === 'symbol' ? (key.value.description ?? '') : String(key.value)) : '';
}

/** The node behind an alias; itself otherwise. */
export function resolved(node: unknown, tree: Document): Node | undefined {
  if (isAlias(node)) return node.resolve(tree) as Node | undefined;
  return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
}

/** Whether a scalar is too long to be worth looking at closely. */
export function isLong(node: Scalar): boolean {
  return typeof node.value === 'string' && node.value.length > longest;
}

import { type Document, isMap, isScalar, visit } from 'yaml';
import type { Range } from './finding.ts';

/** Helm (Go templates) and Jinja: expressions, statements, comments. */
const constructs = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;
/** cloud-init fills these in on the machine (its "Instance metadata" reference): the bootstrap manifests of Cluster API have them and are no templates. */
const cloudInit = /\{\{-? *(?:ds|v1|instance[_-]id|local[_-]hostname)\b[^}]*\}\}/g;
/** envsubst, Flux and clusterctl: `${VAR}`, `${VAR:=default}`, `${VAR%.*}`; the innermost where one holds another. */
const variable = /\$\{[A-Za-z_][^{}\n]*\}/;
/** SOPS writes its own part at the end of the document, and one of these in place of each value (getsops.io, "Encryption protocol"). */
const sopsPart = /^sops:\s*$/m;

/** How far around it is looked whether a construct has its line to itself, in UTF-16 units. */
const near = 400;
/** What has to be done with a text before it is a manifest. */
export type TemplateKind = 'rendered' | 'substituted' | 'decrypted';

/** Whether the text may be a template of this kind; the tree tells whether it is. */
export function mayBeTemplate(text: string): boolean {
  return text.includes('{%') || hasExpression(text);
}

/** A text that is not a manifest yet, and what can be read of it as it stands. */
export interface Template {
  readonly kind: TemplateKind;
  readonly tree: Document;
}

/**
 * What a text still waits for: to be rendered (Helm, Jinja), to have variables put in (envsubst, clusterctl) or to be decrypted (SOPS). Undefined for a manifest. Braces in
 * quotes or in a block are a text like any other (alerting rules, workflows); bare ones, those in a name, and those that make the reader stumble wait for somebody to fill them
 * in. `read` parses a text; it is asked again with what is to be filled in masked.
 */
export function templateOf(tree: Document, text: string, read: (text: string) => Document | undefined): Template | undefined {
  if (text.includes('ENC[AES256_GCM,') && sopsPart.test(text)) return { kind: 'decrypted', tree };
  const hasBraces = mayBeTemplate(text);
  if (!hasBraces && !(text.includes('${') && variable.test(text))) return undefined;
  const names = ['name', 'namespace'].map((key) => {
    const node = tree.getIn(['metadata', key], true);
    return isScalar(node) ? String(node.value) : '';
  });
  const isSure = names.some((name) => mayBeTemplate(name) || name.search(variable) >= 0) || (hasBraces && hasBareBraces(tree));
  if (!isSure && tree.errors.length === 0) return undefined;
  const readable = read(masked(text)) ?? tree;
  // An error that stays has nothing to do with them.
  if (!isSure && readable.errors.length >= tree.errors.length) return undefined;
  const isRendered = hasBraces && (hasBareBraces(tree) || names.some(mayBeTemplate) || text.search(variable) < 0);
  return { kind: isRendered ? 'rendered' : 'substituted', tree: readable };
}

/** `{{ … }}` without a brace within. One pass: a hostile text has many openings and no end. */
function hasExpression(text: string): boolean {
  for (let at = text.indexOf('{{'); at >= 0; ) {
    const end = text.indexOf('}', at + 2);
    if (end < 0) return false;
    if (text[end + 1] === '}') return true;
    at = text.indexOf('{{', end);
  }
  return false;
}

function hasBareBraces(tree: Document): boolean {
  let found = false;
  visit(tree, {
    Pair: (_key, { key }) => {
      found ||= isMap(key);
      return found ? visit.BREAK : undefined;
    },
    Scalar: (_key, { type, source }) => {
      found ||= type === 'PLAIN' && mayBeTemplate((source ?? '').replace(cloudInit, ''));
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

/**
 * The text with what is to be filled in replaced by as many characters that YAML takes for a plain text (`$(____)`), or for a comment where a construct has its line to
 * itself: so that the rest can be read, every offset as it was.
 */
export function masked(text: string): string {
  let [rendered, done] = ['', 0];
  for (const { start, end } of constructsIn(text)) {
    const found = text.slice(start, end);
    rendered += text.slice(done, start) + (hasOwnLines(text, start, end) ? comment(found) : placeholder(found));
    done = end;
  }
  return withoutVariables(rendered + text.slice(done));
}

/** Variables stand in the defaults of others, too (`${ZONE:=${REGION}}`): the outermost is filled in whole. One pass with what is open: a hostile text has many openings. */
function withoutVariables(text: string): string {
  const outermost: Range[] = [];
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(/\$\{(?=[A-Za-z_])|[{}\n]/g)) {
    if (found === '${') open.push(index);
    else if (found !== '}') open.length = 0;
    else {
      const start = open.pop();
      if (start === undefined) continue;
      while ((outermost.at(-1)?.start ?? -1) > start) outermost.pop();
      outermost.push({ start, end: index + 1 });
    }
  }
  let [filled, done] = ['', 0];
  for (const { start, end } of outermost) {
    filled += text.slice(done, start) + placeholder(text.slice(start, end));
    done = end;
  }
  return filled + text.slice(done);
}

function* constructsIn(text: string): Iterable<Range> {
  const open = new Map(constructs.map(([from]) => [from as string, text.indexOf(from)]));
  for (let done = 0; ; ) {
    let next: Range | undefined;
    for (const [from, to] of constructs) {
      const known = open.get(from) ?? -1;
      const start = known >= 0 && known < done ? text.indexOf(from, done) : known;
      const close = start < 0 ? -1 : text.indexOf(to, start + 2);
      // Without an end behind it none of this sort has one.
      open.set(from, close < 0 ? -1 : start);
      if (close >= 0 && (next === undefined || start < next.start)) next = { start, end: close + 2 };
    }
    if (!next) return;
    yield next;
    done = next.end;
  }
}

/** Every line of it but for its own break. */
function comment(found: string): string {
  return found.replace(/[^\r\n]/g, '_').replace(/^./gm, '#');
}

/** References know `$(` as what nobody has put in yet. Further lines keep their indentation, so that they go on with the plain text. */
function placeholder(found: string): string {
  return `$(${found.slice(2, -1).replace(/(?<=\n)[ \t]+|[^\r\n]/g, (part) => (part.trim() === '' ? part : '_'))})`;
}

/** Nothing but other constructs stands before or behind it in its lines. */
function hasOwnLines(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - near), start);
  const after = text.slice(end, end + near);
  const begins = start <= near || before.includes('\n');
  const ends = end + near >= text.length || after.includes('\n');
  const beside = [before.slice(before.lastIndexOf('\n') + 1), after.split('\n', 1)[0] ?? ''];
  return begins && ends && beside.every((one) => one.replace(/\{[{%#][^}]*[}%#]\}/g, '').trim() === '');
}

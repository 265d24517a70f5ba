import { type Document, isCollection, isScalar, visit } from 'yaml';
import type { Edit } from './edit.ts';
import type { Range, Severity } from './finding.ts';
import type { LocalFinding } from './parse.ts';

/** What cannot be seen, and what becomes of it. All measured with kubectl 1.32 and 1.36. */
interface Invisible {
  /** Every place, the character itself as its first group. */
  readonly at: RegExp;
  readonly code: 'yaml.character' | 'yaml.tab';
  readonly severity: Severity;
  readonly says: (character: string) => string;
  /** Where it is text and harms nobody. */
  readonly harmless: readonly Kept[];
  readonly fix?: { readonly title: string; readonly newText: string };
}

type Kept = 'quoted' | 'flow' | 'block' | 'plain' | 'comment';

const spaces = '[\\u00a0\\u2000-\\u200b\\u202f\\u2060\\u3000]';
const control = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\ufffe\\uffff';
const text: readonly Kept[] = ['quoted', 'block', 'comment'];
const named = (character: string) => `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

const table: readonly Invisible[] = [
  {
    at: new RegExp(`([${control}])`, 'g'),
    code: 'yaml.character',
    severity: 'error',
    says: (character) =>
      character === '\u0000'
        ? 'A NUL character stands here; kubectl refuses it. Is this file UTF-16? Save it as UTF-8.'
        : `The control character ${named(character)} stands here; kubectl refuses it. Remove it.`,
    harmless: [],
  },
  {
    // An editor writes half a character of two as the same.
    at: /(\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/g,
    code: 'yaml.character',
    severity: 'warning',
    says: () => 'A character that is not valid UTF-8 stands here; kubectl sends U+FFFD in its place.',
    harmless: ['comment'],
  },
  {
    at: /([\u0085\u2028\u2029])/g,
    code: 'yaml.character',
    severity: 'error',
    says: (character) =>
      `The line separator ${named(character)} stands here; for kubectl the line ends with it. Replace it by a space.`,
    harmless: ['quoted'],
    fix: { title: 'Replace by a space', newText: ' ' },
  },
  {
    at: /(?<=\n)(\ufeff)/g,
    code: 'yaml.character',
    severity: 'error',
    says: () => 'A byte order mark stands within the file; kubectl takes it for a part of the key. Remove it.',
    harmless: text,
    fix: { title: 'Remove the byte order mark', newText: '' },
  },
  {
    at: new RegExp(`(?<=^ *(?:- +)*(?:[\\w./-]+:)?-? *)(${spaces}{1,40})|(?<!${spaces})(${spaces}{1,40})(?=[ \\t]*\\r?$)`, 'gm'),
    code: 'yaml.character',
    severity: 'warning',
    says: (character) => `${named(character)} looks like a space, but kubectl takes it for a part of the text. Write a space.`,
    harmless: text,
    fix: { title: 'Replace by a space', newText: ' ' },
  },
  {
    at: /^(\t+)|(?<=^ *-)(\t+)(?=\S)/gm,
    code: 'yaml.tab',
    severity: 'error',
    says: () => 'A tab stands where the line is indented; kubectl takes only spaces there.',
    harmless: ['quoted', 'flow'],
    fix: { title: 'Replace by spaces', newText: '  ' },
  },
  {
    at: /(?<=^ +)(\t+)(?=[^\s])/gm,
    code: 'yaml.tab',
    severity: 'error',
    says: () => 'A tab stands where the line is indented; kubectl takes only spaces there.',
    harmless: ['quoted', 'flow', 'block', 'plain'],
    fix: { title: 'Replace by spaces', newText: '  ' },
  },
];

/** A configuration indented by tabs, in a block, has thousands. */
const mostLooked = 1000;

/** What one of them is made of, told in one quick pass; a tab often stands where it harms nobody. */
const suspect = new RegExp(`[${control}\u0085\u2028\u2029\ufffd\ufeff${spaces.slice(1, -1)}]`);
/** Whether there is anything to look at more closely: what almost no file has. */
const any = new RegExp(`[${control}\u0085\u2028\u2029\ufffd]|\n\ufeff|${spaces}|^[ -]*\t`, 'm');

/** Characters that no editor shows and that kubectl refuses or reads otherwise than they look: of each sort the first place, since one paste brings many. */
export function invisibleFindings(tree: Document, source: string, edit?: Edit): readonly LocalFinding[] {
  // Where there were none, only what was written since can be one.
  const isClear = edit && clear.has(edit.before.tree) ? isClearText(`\n${edit.written}`) : isClearText(source);
  if (isClear) {
    clear.add(tree);
    return [];
  }
  const kept = keptIn(tree);
  return table.flatMap((row): LocalFinding[] => {
    let looked = 0;
    for (const match of source.matchAll(row.at)) {
      looked += 1;
      if (looked > mostLooked) break;
      const range = { start: match.index, end: match.index + match[0].length };
      if (isHarmless(row, range, kept, source)) continue;
      const { code, severity, fix } = row;
      const fixes = fix ? { fixes: [{ ...fix, preferred: true }] } : {};
      return [{ range, severity, code, message: row.says(match[0]), ...fixes }];
    }
    return [];
  });
}

/** Trees of texts in which there is nothing to look at more closely. */
const clear = new WeakSet<Document>();

function isClearText(source: string): boolean {
  const isSuspect = suspect.test(source) || source.includes('\t');
  return !(isSuspect && any.test(source)) && source.isWellFormed();
}

function isHarmless({ harmless }: Invisible, { start }: Range, kept: readonly (Range & { as: Kept })[], source: string): boolean {
  if (kept.some((run) => harmless.includes(run.as) && run.start < start && start < run.end)) return true;
  if (!harmless.includes('comment')) return false;
  const line = source.slice(source.lastIndexOf('\n', start) + 1, start);
  return /(?:^|\s)#/.test(line);
}

/** The runs in which characters are text. */
function keptIn(tree: Document): readonly (Range & { as: Kept })[] {
  const kept: (Range & { as: Kept })[] = [];
  visit(tree, {
    Node: (_key, node) => {
      const [start, end] = node.range ?? [0, 0];
      if (isCollection(node) && node.flow) kept.push({ start, end, as: 'flow' });
      if (!isScalar(node)) return;
      const as = /^QUOTE/.test(node.type ?? '') ? 'quoted' : /^BLOCK/.test(node.type ?? '') ? 'block' : 'plain';
      if (as !== 'plain' || node.source?.includes(' ')) kept.push({ start, end, as });
    },
  });
  return kept;
}

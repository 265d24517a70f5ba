import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourceFixes } from '../../src/render/sourceFixes.ts';

/** What a fix of a rendered text becomes in its source: `rendered → fix · written`, `…written…` for a piece of a longer text. */
function inSource(story: string): string {
  const [found = '', newText = '', source = ''] = story.split(/ → | · /);
  const isPart = source.startsWith('…');
  const fixes = [{ title: 'Use it', newText, preferred: true }];
  const [fix] = sourceFixes(fixes, found, source.replaceAll('…', ''), { isPart, isYaml: !source.startsWith('ini:') });
  return fix?.newText ?? 'none';
}

const cases: Readonly<Record<string, string>> = {
  'publik → public · publik': 'public',
  '"publik" → "public" · publik': 'public',
  '"publik" → "public" · \'publik\'': "'public'",
  'publik → public · "publik"': '"public"',
  '"0123" → "0124" · "0123"': '"0124"',
  '"publik" → "0124" · publik': '"0124"',
  'publik → public · …publik…': 'public',
  '"publik" → "public" · …publik…': 'public',
  'publik → "two words" · …publik…': 'none',
  'publik → public · {{ .Values.network }}': 'none',
  'publik → public · other': 'none',
  '"pub\\u006cik" → "public" · publik': 'none',
  'publik → public · ini:publik': 'none',
};

describe('a fix of what was rendered, in its source', () => {
  for (const [story, expected] of Object.entries(cases)) it(story, () => assert.equal(inSource(story), expected));
});

import { type Bar, rounded } from './bar.ts';
import { LanguageServerDriver } from './languageServerDriver.ts';

const file = 'file:///bench/hostile.yaml';
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const upTo = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));
const row = (name: string) => Array.from({ length: 10 }, () => name).join(',');
const mega = 1_000_000;
const manifest = `---\n${head}data:\n${'  key: a text as long as they are in manifests that somebody wrote\n'.repeat(9)}`;

/** What has brought parsers and servers down → a text. */
const inputs: Readonly<Record<string, () => string>> = {
  'alias bomb': () =>
    `${head}a0: &a0 [${row('x')}]\n${Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${row(`*a${at}`)}]\n`).join('')}`,
  'anchors and aliases, 10,000': () =>
    `${head}data:\n${Array.from({ length: 10_000 }, (_, at) => `  k${at}: &a${at} x\n  l${at}: *a${at}\n`).join('')}`,
  'brackets, 100,000 deep': () => `${head}data: ${'['.repeat(100_000)}`,
  'mappings, 100,000 deep': () => `${head}data: ${'{a: '.repeat(100_000)}`,
  'lists, 100,000 deep': () => `${head}data:\n  ${'- '.repeat(100_000)}a`,
  '50 MB in one document': () => `${head}data:\n${upTo('  key: a text as long as they are in manifests\n', 50 * mega)}`,
  '50 MB in many documents': () => upTo(manifest, 50 * mega),
  '5 MB, broken in every line': () => `${head}${upTo('a: @b\n', 4.9 * mega)}`,
  '1.5 MB in one line': () => `${head}data:\n  a: "${upTo('x y ', 1.5 * mega)}"\n`,
};

/** S5: hostile texts, each opened by a server just started: when it answers, and the most memory it takes. */
export async function hostileInput(): Promise<Bar> {
  const more: Record<string, string> = {};
  let [slowest, largest, agree] = [0, 0, true];
  for (const [name, text] of Object.entries(inputs)) {
    const server = await LanguageServerDriver.ours();
    try {
      const written = text();
      const start = performance.now();
      const answer = server.next(file);
      await server.open(file, written);
      const diagnostics = await answer;
      const ms = performance.now() - start;
      const memory = await server.memory(true);
      [slowest, largest] = [Math.max(slowest, ms), Math.max(largest, memory)];
      more[name] = `${Math.round(ms)} ms, ${Math.round(memory)} MB, ${diagnostics[0]?.code ?? 'nothing to tell'}`;
      agree &&= (await server.ask('textDocument/hover', file, { line: 0, character: 2 })) === null;
    } finally {
      server.stop();
    }
  }
  return {
    bar: 'S5',
    what: 'hostile texts, the slowest first answer in ms',
    ours: rounded(slowest),
    goal: '<= 1,000 ms and <= 300 MB',
    met: slowest <= 1000 && largest <= 300,
    agree,
    more: { ...more, 'most memory, MB': Math.round(largest) },
  };
}

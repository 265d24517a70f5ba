import { parseArgs } from 'node:util';
import type { Bar } from './bar.ts';

/** Every bar: its name and what measures it. Each brings up what it needs and takes it down again. */
const bars: Readonly<Record<string, () => Promise<Bar>>> = {
  G1: async () => (await import('./keystroke.ts')).keystroke(),
  G9: async () => (await import('./applySpeed.ts')).applySpeed(),
  G10: async () => (await import('./activation.ts')).activation(),
  memory: async () => (await import('./memory.ts')).memory(),
  size: async () => (await import('./packageSize.ts')).packageSize(),
};

/** `npm run -s bench -- [BAR…] [--json]`: measures, prints a line for each bar, ends with 1 if one is missed or void. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  const unknown = positionals.filter((name) => !(name in bars));
  if (unknown.length > 0) {
    console.error(`No bar is called ${unknown.join(', ')}. There are: ${Object.keys(bars).join(', ')}.`);
    return 64;
  }
  let good = true;
  for (const name of positionals.length > 0 ? positionals : Object.keys(bars)) {
    const bar = await bars[name]?.();
    if (!bar) continue;
    good &&= bar.met && bar.agree;
    console.log(values.json ? asJson(bar) : asText(bar));
  }
  return good ? 0 : 1;
}

function asJson({ bar, ours, peer, ratio, goal, agree }: Bar): string {
  return JSON.stringify({ bar, ours, peer, ratio, goal, agree });
}

function asText(bar: Bar): string {
  const against = bar.peer === undefined ? '' : `, peer ${bar.peer} (${bar.ratio}x)`;
  const more = Object.entries(bar.more ?? {}).map(([name, value]) => `    ${name}: ${value}`);
  const verdict = bar.agree ? (bar.met ? 'met' : 'MISSED') : 'VOID: the sides disagree';
  return [`${bar.bar}  ${bar.what}: ours ${bar.ours}${against}; goal ${bar.goal}: ${verdict}`, ...more].join('\n');
}

process.exitCode = await main();

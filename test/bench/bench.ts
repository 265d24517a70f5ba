import { parseArgs } from 'node:util';
import type { Bar } from './bar.ts';

/** Every bar: its name and what measures it. Each brings up what it needs and takes it down again. */
const bars: Readonly<Record<string, () => Promise<Bar>>> = {
  G1: async () => (await import('./keystroke.ts')).keystroke(),
  G2: async () => (await import('./keystroke.ts')).keystrokeInOne(),
  G3: async () => (await import('./largeFile.ts')).largeFile(),
  G4: async () => (await import('./openFile.ts')).openFile(),
  G5: async () => (await import('./afterEdit.ts')).afterEdit(),
  G6: async () => (await import('./coldSchema.ts')).coldSchema(),
  headless: async () => (await import('./headlessCheck.ts')).headlessCheck(),
  S5: async () => (await import('./hostileInput.ts')).hostileInput(),
  S8: async () => (await import('./yamlVerdicts.ts')).yamlVerdicts(),
  G7: async () => (await import('./manyPods.ts')).manyPods(),
  G8: async () => (await import('./listSpeed.ts')).listSpeed(),
  lists: async () => (await import('./tenKinds.ts')).tenKinds(),
  G9: async () => (await import('./applySpeed.ts')).applySpeed(),
  G10: async () => (await import('./activation.ts')).activation(),
  pods: async () => (await import('./realPods.ts')).realPods(),
  churn: async () => (await import('./podChurn.ts')).podChurn(),
  clouds: async () => (await import('./manyClouds.ts')).manyCloudsBar(),
  discovery: async () => (await import('./manyDefinitions.ts')).manyDefinitions(),
  logs: async () => (await import('./logFlood.ts')).logFlood(),
  contexts: async () => (await import('./manyContexts.ts')).manyContextsBar(),
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

import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import type { FilterObjectsParts } from '../../src/commands/filterObjects.ts';
import type { FindObjectParts } from '../../src/commands/findObject.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { ObjectFilters } from '../../src/explorer/objectFilters.ts';
import { Opened } from '../../src/explorer/opened.ts';
import type { LiveQuestion, LiveRow } from '../../src/host/livePicker.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { PrintingCluster } from '../support/printingCluster.ts';

const { findObject } = await import('../../src/commands/findObject.ts');
const { filterAnyList, clearAnyFilter } = await import('../../src/commands/filterObjects.ts');

const demo = fakeCloud(`
compute.server: [{ id: s1, name: web-1, status: ACTIVE }]
`);

/** What a person does in the picker: types, then chooses the row that begins so, or presses its button; `leave` ends it. */
type Step = { readonly types: string; readonly picks?: string; readonly presses?: string };

/** A window with one open context `dev`, one that opens and one that does not; its pickers are driven by these steps. */
function desk(steps: readonly Step[], { projects = [] as readonly (typeof demo)[] } = {}) {
  const dev = new PrintingCluster({
    deployments: ['shop/web 2/2'],
    pods: ['shop/web-1 Running 10.1.2.3 app=web', 'shop/db-0 Running 10.1.2.4 app=db'],
    'shop/pods': ['web-1 Running app=web tier=front', 'db-0 Running app=db tier=front'],
    nodes: 'forbidden',
    events: ['shop/web.17 Warning'],
  });
  const stage = new PrintingCluster({ deployments: ['shop/web 1/1'] }, 'stage');
  const left = [...steps];
  const seen: string[] = [];
  const done: string[] = [];
  const opened = new Opened();
  opened.addCluster(dev);
  for (const project of projects) opened.addProject(project);
  const objectFilters = new ObjectFilters(shortMemory(), shortMemory());
  const wanted = new Map<string, readonly string[]>();
  const untilIdle = async <T>({ list, onDidChange }: LiveQuestion<T>, text: string) => {
    while (list(text).busy) await new Promise<void>((resolve) => onDidChange(() => resolve()));
    return list(text);
  };
  const pickLive = async <T>(question: LiveQuestion<T>) => {
    for (let step = left.shift(); step; step = left.shift()) {
      const text = step.types === '=' ? question.text : step.types;
      if (step.presses?.startsWith('(')) question.buttons?.().forEach(({ press }) => void press());
      const { rows, title } = await untilIdle(question, text);
      const lines = rows.map(({ label, description = '', value, types }) =>
        value === undefined && types === undefined
          ? `[${label}]`
          : [label.replace(/^\$\([\w-]+\) /, ''), description].filter(Boolean).join('   '),
      );
      seen.push([title, ...lines].join('\n'));
      const begin = step.picks ?? (step.presses?.startsWith('(') ? undefined : step.presses);
      if (begin === undefined) continue;
      const row: LiveRow<T> | undefined = rows[lines.findIndex((line) => line.startsWith(begin))];
      assert.ok(row, `${begin} is none of\n${lines.join('\n')}`);
      if (row.types !== undefined) left.unshift({ ...left.shift(), types: row.types });
      if (row.value !== undefined) return { value: row.value, text, pressed: step.presses !== undefined };
    }
    return undefined;
  };
  const all = ['dev', 'stage', 'gone'].map((name) => ({ ...dev.context, name }));
  const parts = {
    asked: { opened, bound: async () => ({ projects: [], clusters: [] }) },
    contexts: {
      list: async () => ({ contexts: all, current: undefined, problems: [] }),
      open: async (name: string) => (name === 'stage' ? success(stage) : failed('offline', `${name} did not answer.`)),
    },
    filters: {
      typed: () => [],
      of: (context: string) => wanted.get(context) ?? [],
      set: async (context: string, names: readonly string[]) => void wanted.set(context, names),
    },
    objectFilters,
    prompts: {
      pickLive,
      pickMany: async (choices: readonly { value: unknown }[]) => choices.map(({ value }) => value),
      pick: async (choices: readonly { label: string; value: unknown }[]) =>
        (choices.find(({ label }) => label === left[0]?.types) ?? choices[0])?.value,
      text: async () => 'mine',
      offer: async (message: string) => void done.push(message),
    },
    trees: { reveal: async (key: string) => done.push(`reveal ${key}`) && !key.includes('db-0') },
    documents: { provide: (path: string) => void done.push(`open ${path}`) },
    views: { of: () => ({ filters: {} }) },
  };
  return { parts: parts as unknown as FindObjectParts & FilterObjectsParts, seen, done, wanted, objectFilters, dev };
}

describe('what is typed', () => {
  it('shows what fits in both worlds by kind, and reveals what is chosen among the namespaces that are shown', async () => {
    const { parts, seen, done, wanted, objectFilters, dev } = desk([{ types: 'web', picks: 'web   dev › shop' }], {
      projects: [demo],
    });
    wanted.set('dev', ['default']);
    const kinds = await dev.kinds();
    const kind = kinds.ok ? kinds.value.find((one) => one.kind === 'Deployment') : undefined;
    assert.ok(kind);
    const list = { cluster: dev, kind, namespace: 'shop' };
    await objectFilters.set(list, 'app=db');
    await findObject(parts);
    assert.equal(
      seen[0],
      `Find: 3 in dev, demo › demo
[Deployments]
web   dev › shop
[Pods]
web-1   dev › shop · Running
[Servers]
web-1   demo › demo · ACTIVE
[]
In dev you may not list nodes.
Search other contexts, too…   2 not searched
Search all projects of a cloud for web…`,
    );
    assert.deepEqual(done, ['reveal kubernetes/dev/apps/Deployment/shop/web']);
    assert.deepEqual(wanted.get('dev'), ['default', 'shop']);
    assert.equal(objectFilters.of(list), '');
  });

  it('looks into other contexts once asked, tells in one line what could not be looked at, and hides nothing for it', async () => {
    const { parts, seen, done } = desk([
      { types: 'web kind:deploy', picks: 'Search other contexts' },
      { types: '=', picks: 'gone did not answer.' },
    ]);
    await findObject(parts);
    assert.equal(
      seen[1],
      `Find: 2 in dev, stage
[Deployments]
web   dev › shop
web   stage › shop
[]
gone did not answer.   and 1 more
Search other contexts, too…   1 not searched`,
    );
    assert.deepEqual(done, ['gone did not answer. In dev you may not list nodes.']);
  });

  it('shows all kinds by a button, opens by that of a row, and opens what stands nowhere in the tree', async () => {
    const all = desk([{ types: 'web.17', presses: '(all kinds)' }]);
    await findObject(all.parts);
    assert.match(all.seen[0] ?? '', /^\[Events\]\nweb\.17 {3}dev › shop/m);
    const pressed = desk([{ types: 'app=web', presses: 'web-1' }]);
    await findObject(pressed.parts);
    assert.deepEqual(pressed.done, ['open dev/shop/Pod web-1.yaml']);
    const nowhere = desk([{ types: '10.1.2.4', picks: 'db-0   dev › shop · IP 10.1.2.4' }]);
    await findObject(nowhere.parts);
    assert.deepEqual(nowhere.done, ['reveal kubernetes/dev//Pod/shop/db-0', 'open dev/shop/Pod db-0.yaml']);
  });

  it('fits nothing, and says so', async () => {
    const { parts, seen } = desk([{ types: 'nothing-so' }]);
    await findObject(parts);
    assert.match(seen[0] ?? '', /^Find: 0 in dev\n\[\]\nNothing fits$/m);
  });
});

describe('a list of objects', () => {
  const listOf = async ({ dev }: ReturnType<typeof desk>) => {
    const kinds = await dev.kinds();
    const kind = kinds.ok ? kinds.value.find((one) => one.kind === 'Pod') : undefined;
    assert.ok(kind);
    return { of: 'apiKind', cluster: dev, kind, namespace: 'shop' } as const;
  };

  it('is narrowed by labels that are seen, one after the other, and whole again', async () => {
    const scene = desk([
      { types: 'app=w', picks: 'app=web' },
      { types: '=', picks: 'Only Pods with app=web' },
      { types: 'app=web,', picks: 'status.phase=' },
      { types: '=' },
    ]);
    const list = await listOf(scene);
    await filterAnyList(scene.parts, list);
    assert.equal(
      scene.seen[0],
      `Pods of dev › shop: only those with…
Only Pods with app=w
Save it under a name…
[labels seen here]
app=web   1 of 2`,
    );
    assert.equal(scene.objectFilters.of(list), 'app=web');
    await filterAnyList(scene.parts, list);
    assert.match(scene.seen[3] ?? '', /^Only Pods with app=web,status\.phase=$/m);
    assert.equal(scene.objectFilters.of(list), 'app=web');
    await clearAnyFilter(scene.parts, list);
    assert.equal(scene.objectFilters.of(list), '');
  });

  it('says what is wrong with what is typed', async () => {
    const scene = desk([{ types: 'app is web' }]);
    await filterAnyList(scene.parts, await listOf(scene));
    assert.match(scene.seen[0] ?? '', /^"app is web" is no condition\. Write app=web, /m);
    assert.doesNotMatch(scene.seen[0] ?? '', /^Only/m);
  });

  it('is narrowed by what was saved under a name, which stands first and can be forgotten', async () => {
    const scene = desk([
      { types: 'tier=front', picks: 'Save it under a name' },
      { types: '', picks: 'mine   tier=front' },
      { types: '', presses: 'mine' },
      { types: '' },
    ]);
    const list = await listOf(scene);
    await filterAnyList(scene.parts, list);
    await clearAnyFilter(scene.parts, list);
    await filterAnyList(scene.parts, { ...list, namespace: 'default' });
    assert.match(scene.seen[1] ?? '', /^\[saved\]\nmine {3}tier=front$/m);
    assert.equal(scene.objectFilters.of({ ...list, namespace: 'default' }), 'tier=front');
    await filterAnyList(scene.parts, list);
    assert.doesNotMatch(scene.seen[3] ?? '', /saved|mine/);
    assert.equal(scene.objectFilters.of(list), '');
  });
});

import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArrangeParts } from '../../src/commands/arrange.ts';
import type { ListViewParts } from '../../src/commands/listView.ts';
import { ListViews } from '../../src/explorer/listMemory.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { Places } from '../../src/explorer/places.ts';
import type { Choice } from '../../src/host/prompts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { fakeClouds } from '../support/fakeClouds.ts';

const { clearFilter, filterList, showAllProjects, sortList } = await import('../../src/commands/listView.ts');
const { filterPlaces, hide, makeCurrent, pin, showHidden } = await import('../../src/commands/arrange.ts');

const demo = fakeCloud(`
compute.server: [{ id: s1, name: web, status: ACTIVE }]
image.image: [{ id: i1, name: debian, status: active }]
`);
const admin = { ...fakeCloud('project: admin'), mayListAll: (kind: string) => kind === 'compute.server' };

/** Commands without a row, whose questions get these answers in turn: of a picker the choice with that label, else the text; undefined leaves. */
function palette(...answers: readonly (string | undefined)[]) {
  const left = [...answers];
  const offered: string[] = [];
  const choose = <T>(choices: readonly Choice<T>[], wanted: string | undefined) => {
    const chosen = wanted === undefined ? undefined : choices.find(({ label }) => label.includes(wanted));
    assert.ok(wanted === undefined || chosen, `${wanted} is none of ${choices.map(({ label }) => label).join(', ')}`);
    return chosen?.value;
  };
  const prompts = {
    pick: async <T>(choices: Promise<readonly Choice<T>[]> | readonly Choice<T>[]) => choose(await choices, left.shift()),
    pickMany: async <T>(choices: readonly Choice<T>[]) => {
      const wanted = left.shift();
      return wanted === undefined ? undefined : [choose(choices, wanted)];
    },
    text: async () => left.shift(),
    offer: async (message: string) => void offered.push(message),
  };
  const views = new ListViews(shortMemory(), shortMemory());
  const places = new Places(shortMemory(), shortMemory());
  const clouds = fakeClouds({ demo: { projects: [demo, admin] } });
  const open = new Opened();
  open.addProject(demo);
  const parts = {
    prompts,
    views,
    places,
    clouds,
    contexts: { list: async () => ({ contexts: [], problems: [] }) },
    asked: { opened: open },
    bindings: { of: () => undefined },
    log: { warn: () => {} },
  };
  return { parts: parts as unknown as ListViewParts & ArrangeParts, views, places, offered, left };
}

const current = { cloud: 'demo', region: 'RegionOne', id: 'demo-id', name: 'demo' };
const servers = { of: 'kind', project: demo, kind: 'compute.server' } as const;

describe('from the palette', () => {
  it('the current project is the one in front: a list is narrowed by states, live resources and texts, and whole again', async () => {
    const { parts, views, places, left } = palette(
      'Servers',
      'status',
      'ERROR',
      'image',
      'debian',
      'address',
      '10.0',
      'status',
      'Any',
    );
    await places.setCurrent(current);
    await filterList(parts, undefined);
    await filterList(parts, servers);
    await filterList(parts, servers);
    assert.deepEqual(views.of(demo, 'compute.server').filters, { status: 'ERROR', image: 'i1', ip: '10.0' });
    await filterList(parts, servers);
    assert.deepEqual(views.of(demo, 'compute.server').filters, { image: 'i1', ip: '10.0' });
    await clearFilter(parts, undefined);
    assert.deepEqual([views.of(demo, 'compute.server').filters, left], [{}, []]);
  });

  it('an order chosen again is turned round', async () => {
    const { parts, views } = palette('age', 'age', 'age');
    const orders: unknown[] = [];
    for (let times = 0; times < 3; times += 1) {
      await sortList(parts, servers);
      orders.push(views.of(demo, 'compute.server').sort);
    }
    assert.deepEqual(orders, [{ by: 'age' }, { by: 'age', reversed: true }, { by: 'age' }]);
  });

  it('all projects are shown of what the user may list so', async () => {
    const { parts, views, places, offered } = palette();
    await places.setCurrent({ ...current, id: 'admin-id', name: 'admin' });
    await showAllProjects(parts, undefined, true);
    assert.equal(views.of(admin, 'compute.server').allProjects, true);
    await places.setCurrent(current);
    await showAllProjects(parts, undefined, true);
    assert.deepEqual(offered, ['There is no such list in demo.']);
    const group = { of: 'kinds', project: admin, kinds: ['compute.server', 'compute.flavor'] } as const;
    await showAllProjects(parts, group, false);
    assert.equal(views.of(admin, 'compute.server').allProjects, false);
  });

  it('places are pinned, hidden, shown again, filtered and made the current one', async () => {
    const { parts, places, offered, left } = palette('demo', 'Servers', 'Servers', ' de ', 'demo', 'admin');
    await pin(parts, undefined, true);
    await hide(parts, undefined);
    assert.deepEqual(
      [places.pinned.map(({ key }) => key), places.hidden.map(({ key }) => key)],
      [['cloud:demo'], ['kind:compute.server']],
    );
    await showHidden(parts);
    await showHidden(parts);
    assert.deepEqual([places.hidden, offered], [[], ['Nothing is hidden.']]);
    await filterPlaces(parts, 'clouds', undefined);
    assert.equal(places.filterOf('clouds'), 'de');
    await filterPlaces(parts, 'clouds', { of: 'placeFilter' });
    assert.equal(places.filterOf('clouds'), '');
    await makeCurrent(parts, undefined);
    assert.deepEqual([places.current, left], [{ ...current, id: 'admin-id', name: 'admin' }, []]);
  });

  it('leaving a question changes nothing', async () => {
    const { parts, views, places } = palette(undefined, 'status', undefined, undefined, undefined, undefined);
    await filterList(parts, servers);
    await filterList(parts, servers);
    await sortList(parts, servers);
    await pin(parts, undefined, true);
    await filterPlaces(parts, 'clouds', undefined);
    assert.deepEqual(views.of(demo, 'compute.server'), { filters: {}, allProjects: false, sort: { by: 'name' } });
    assert.deepEqual([places.pinned, places.filterOf('clouds')], [[], '']);
  });
});

import { type Drawn, type DrawnGraph, fold } from '../map/fold.ts';
import { changed, emptyGraph, type MapGraph } from '../map/graph.ts';
import { type Bend, type Box, type Layout, layout, lineKey, sizes } from '../map/layout.ts';
import type { FromMap, ToMap } from '../map/messages.ts';
import { called, card, fill, svg } from './cards.ts';

/** What outlives the page while its tab is hidden. */
interface Kept {
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
  readonly unfolded: readonly string[];
  readonly at: string | undefined;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromMap): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

const editor = acquireVsCodeApi();
const find = <T extends Element>(id: string) => document.querySelector<T>(`#${id}`) as T;
const [title, filter, found, view, space, plane, wires, bands, status, notes] = [
  find<HTMLElement>('title'),
  find<HTMLInputElement>('filter'),
  find<HTMLElement>('found'),
  find<HTMLElement>('view'),
  find<HTMLElement>('space'),
  find<HTMLElement>('plane'),
  find<SVGElement>('wires'),
  find<HTMLElement>('bands'),
  find<HTMLElement>('status'),
  find<HTMLElement>('notes'),
];

/** Beyond the edge of what is seen, so much is drawn too (pixels at zoom 1). */
const beyond = 250;
/** More lines than this nobody can follow. */
const mostWires = 600;
const [leastZoom, mostZoom] = [0.2, 2];

let graph: MapGraph = emptyGraph;
let drawn: DrawnGraph = fold(graph);
let placed: Layout = layout(drawn);
let things = new Map<string, Drawn>();
let ties = new Map<string, { readonly says: string; readonly other: string; readonly forth: boolean }[]>();
let unfolded = new Set<string>();
let at: string | undefined;
let zoom = 0;
let matches: ReadonlySet<string> | undefined;
const cards = new Map<string, { readonly element: HTMLElement; shown: Drawn }>();
const restored = editor.getState();

/** Works out anew what is drawn where. */
function arrange(): void {
  drawn = fold(graph, unfolded);
  placed = layout(drawn);
  things = new Map(drawn.nodes.map((node) => [node.id, node]));
  ties = new Map(drawn.nodes.map(({ id }) => [id, []]));
  for (const { from, to, says } of drawn.edges) {
    ties.get(from)?.push({ says, other: to, forth: true });
    ties.get(to)?.push({ says, other: from, forth: false });
  }
  if (at !== undefined && !things.has(at)) at = drawn.shownBy.get(at);
  at ??= placed.rows[0]?.ids[0];
  match();
  bands.replaceChildren(
    ...placed.rows.map(({ title: words, world, y }) => {
      const band = document.createElement('div');
      band.className = `band ${world}`;
      band.style.transform = `translateY(${y - sizes.below / 2}px)`;
      band.style.height = `${sizes.height + sizes.below}px`;
      const label = document.createElement('span');
      label.textContent = words;
      band.append(label);
      return band;
    }),
  );
  if (zoom === 0 && things.size > 0) {
    zoom = restored?.zoom ?? fitting(0.7);
    resize();
    if (restored) view.scrollTo(restored.left, restored.top);
    else if (at !== undefined) toSight(at);
  } else resize();
}

function resize(): void {
  const factor = zoom || 1;
  space.style.width = `${placed.width * factor}px`;
  space.style.height = `${placed.height * factor}px`;
  plane.style.transform = `scale(${factor})`;
  plane.style.width = `${Math.max(placed.width, view.clientWidth / factor)}px`;
  plane.style.height = `${placed.height}px`;
  paint();
}

/** The part of the map that is seen. */
function seen() {
  const factor = zoom || 1;
  const [left, top] = [view.scrollLeft / factor - beyond, view.scrollTop / factor - beyond];
  return {
    left,
    top,
    right: left + view.clientWidth / factor + 2 * beyond,
    bottom: top + view.clientHeight / factor + 2 * beyond,
  };
}

/** Puts the cards and lines that are in sight on the page, and takes the others away. */
function paint(): void {
  const sight = seen();
  const wanted = new Set<string>(at === undefined ? [] : [at]);
  for (const { y, ids } of placed.rows) {
    if (y > sight.bottom || y + sizes.height < sight.top) continue;
    for (let place = firstAfter(ids, sight.left - sizes.width); place < ids.length; place++) {
      const id = ids[place] ?? '';
      if ((placed.boxes.get(id)?.x ?? 0) > sight.right) break;
      wanted.add(id);
    }
  }
  for (const [id, { element }] of cards)
    if (!wanted.has(id)) {
      element.remove();
      cards.delete(id);
    }
  for (const id of wanted) paintCard(id);
  paintWires(sight);
  view.setAttribute('aria-activedescendant', at === undefined ? '' : (cards.get(at)?.element.id ?? ''));
}

/** Of a row in order, the first place at or after an x. */
function firstAfter(ids: readonly string[], x: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed.boxes.get(ids[middle] ?? '')?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

let serial = 0;

function paintCard(id: string): void {
  const [thing, box] = [things.get(id), placed.boxes.get(id)];
  if (!thing || !box) return;
  let known = cards.get(id);
  if (!known) {
    known = { element: card(thing), shown: thing };
    known.element.id = `card-${serial++}`;
    known.element.dataset['thing'] = id;
    plane.append(known.element);
    cards.set(id, known);
  } else if (known.shown !== thing) {
    if (JSON.stringify(known.shown) !== JSON.stringify(thing)) fill(known.element, thing);
    known.shown = thing;
  }
  const { element } = known;
  element.style.transform = `translate(${box.x}px, ${box.y}px)`;
  element.classList.toggle('at', id === at);
  element.classList.toggle('near', at !== undefined && id !== at && (ties.get(at)?.some(({ other }) => other === id) ?? false));
  element.classList.toggle('dim', matches !== undefined && !matches.has(id));
  element.setAttribute('aria-selected', String(id === at));
  element.setAttribute('aria-level', String(box.row + 1));
  element.setAttribute('aria-posinset', String(box.place + 1));
  element.setAttribute('aria-setsize', String(placed.rows[box.row]?.ids.length ?? 1));
  if (thing.count > 1 || thing.pile !== undefined) element.setAttribute('aria-expanded', String(thing.count === 1));
  element.setAttribute('aria-label', sentence(id, 6));
}

function paintWires(sight: ReturnType<typeof seen>): void {
  const paths: SVGElement[] = [];
  for (const { from, to } of drawn.edges) {
    const [one, other] = [placed.boxes.get(from), placed.boxes.get(to)];
    if (!one || !other) continue;
    const outside =
      Math.max(one.x, other.x) + sizes.width < sight.left ||
      Math.min(one.x, other.x) > sight.right ||
      Math.max(one.y, other.y) + sizes.height < sight.top ||
      Math.min(one.y, other.y) > sight.bottom;
    const marked = from === at || to === at;
    if (outside || (paths.length >= mostWires && !marked)) continue;
    const dim = matches !== undefined && !(matches.has(from) && matches.has(to));
    paths.push(
      svg('path', {
        d: wire(one, other, placed.bends.get(lineKey(from, to))),
        class: `wire${marked ? ' marked' : ''}${dim ? ' dim' : ''}`,
        'marker-end': `url(#${marked ? 'tip-marked' : 'tip'})`,
      }),
    );
  }
  // What is marked lies on top.
  paths.sort((one, other) => Number(one.classList.contains('marked')) - Number(other.classList.contains('marked')));
  const [defs] = wires.children;
  wires.replaceChildren(...(defs ? [defs] : []), ...paths);
}

/** A line from the edge of one card to that of another, past the rows between; within a row, in a bow below it. */
function wire(from: Box, to: Box, bends: readonly Bend[] = []): string {
  const middle = sizes.width / 2;
  const [x1, x2] = [from.x + middle, to.x + middle];
  if (from.row === to.row) {
    const y = from.y + sizes.height;
    return `M${x1} ${y}C${x1} ${y + 30} ${x2} ${y + 30} ${x2} ${y + 5}`;
  }
  const down = to.row > from.row;
  const passed = (down ? bends : bends.toReversed()).map(({ x, y }) =>
    down ? [x, y, y + sizes.height] : [x, y + sizes.height, y],
  );
  let [x, y] = [x1, down ? from.y + sizes.height : from.y];
  let path = `M${x} ${y}`;
  for (const [nextX = 0, enter = 0, leave = enter] of [...passed, [x2, down ? to.y - 5 : to.y + sizes.height + 5]]) {
    const half = (y + enter) / 2;
    path += `C${x} ${half} ${nextX} ${half} ${nextX} ${enter}${leave === enter ? '' : `V${leave}`}`;
    [x, y] = [nextX, leave];
  }
  return path;
}

/** A thing with how it stands and what it hangs together with, in words. */
function sentence(id: string, most: number): string {
  const thing = things.get(id);
  if (!thing) return '';
  const all = ties.get(id) ?? [];
  const parts = all.slice(0, most).flatMap(({ says, other, forth }) => {
    const beside = things.get(other);
    return beside ? [forth ? `${says} ${called(beside)}` : `${called(beside)} ${says} it`] : [];
  });
  const more = all.length > most ? [`and ${all.length - most} more`] : [];
  return [[called(thing), thing.word].filter(Boolean).join(', '), ...parts, ...more].join('; ');
}

function go(id: string | undefined): void {
  if (id === undefined) return;
  at = id;
  toSight(id);
  paint();
  const thing = things.get(id);
  status.textContent = sentence(id, 12);
  for (const name of ['reveal', 'details']) find<HTMLButtonElement>(name).disabled = !thing || thing.count > 1;
  keep();
}

/** Scrolls as little as needed. */
function toSight(id: string): void {
  const box = placed.boxes.get(id);
  if (!box) return;
  const factor = zoom || 1;
  const near = 24;
  const [left, top] = [box.x * factor - near, box.y * factor - near];
  const [right, bottom] = [(box.x + sizes.width) * factor + near, (box.y + sizes.height) * factor + near];
  if (left < view.scrollLeft) view.scrollLeft = left;
  else if (right > view.scrollLeft + view.clientWidth) view.scrollLeft = right - view.clientWidth;
  if (top < view.scrollTop) view.scrollTop = top;
  else if (bottom > view.scrollTop + view.clientHeight) view.scrollTop = bottom - view.clientHeight;
}

/** Along a line up or down to the nearest; along the row to the side. */
function step(key: string): string | undefined {
  const box = at === undefined ? undefined : placed.boxes.get(at);
  if (!box) return placed.rows[0]?.ids[0];
  const row = placed.rows[box.row]?.ids ?? [];
  if (key === 'ArrowLeft') return row[box.place - 1];
  if (key === 'ArrowRight') return row[box.place + 1];
  const sign = key === 'ArrowDown' ? 1 : -1;
  return (ties.get(box.id) ?? [])
    .flatMap(({ other }) => placed.boxes.get(other) ?? [])
    .filter((other) => (other.row - box.row) * sign > 0)
    .sort(
      (one, other) =>
        Math.abs(one.row - box.row) - Math.abs(other.row - box.row) || Math.abs(one.x - box.x) - Math.abs(other.x - box.x),
    )[0]?.id;
}

/** Unfolds a pile, or folds that of which a thing is one. */
function toggle(): void {
  const thing = at === undefined ? undefined : things.get(at);
  const pile = thing && (thing.count > 1 ? thing.id : thing.pile);
  if (!thing || pile === undefined) return;
  const first = graph.nodes.find(({ id }) => drawn.shownBy.get(id) === thing.id)?.id;
  if (unfolded.has(pile)) unfolded.delete(pile);
  else unfolded.add(pile);
  at = unfolded.has(pile) ? first : pile;
  arrange();
  go(at);
}

function tell(type: 'reveal' | 'details'): void {
  const thing = at === undefined ? undefined : things.get(at);
  if (!thing) return;
  if (thing.count > 1) toggle();
  else editor.postMessage({ type, id: thing.id });
}

const fitting = (least: number) =>
  Math.max(least, leastZoom, Math.min(1, view.clientWidth / placed.width, view.clientHeight / placed.height));

/** Zooms, what is in the middle staying there. */
function zoomTo(next: number): void {
  const before = zoom || 1;
  zoom = Math.min(mostZoom, Math.max(leastZoom, next));
  const middle = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2].map(
    (one) => (one / before) * zoom,
  );
  resize();
  view.scrollTo((middle[0] ?? 0) - view.clientWidth / 2, (middle[1] ?? 0) - view.clientHeight / 2);
  keep();
}

/** What the filter's words fit: all of them, in any order. */
function match(): void {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) matches = undefined;
  else {
    const fits = ({ kind, name, word }: { readonly kind: string; readonly name: string; readonly word: string }) =>
      words.every((one) => `${kind} ${name} ${word}`.toLowerCase().includes(one));
    matches = new Set(graph.nodes.filter(fits).flatMap(({ id }) => drawn.shownBy.get(id) ?? []));
  }
  found.textContent = matches ? `${matches.size} of ${things.size}` : '';
}

function nextMatch(): void {
  const ids = placed.rows.flatMap(({ ids: row }) => row).filter((id) => matches?.has(id));
  go(ids[(ids.indexOf(at ?? '') + 1) % ids.length]);
}

function keep(): void {
  editor.setState({ zoom, left: view.scrollLeft, top: view.scrollTop, unfolded: [...unfolded], at });
}

const keys: Readonly<Record<string, () => void>> = {
  Enter: () => tell('reveal'),
  ContextMenu: () => tell('details'),
  ' ': toggle,
  Home: () => go(placed.rows[0]?.ids[0]),
  End: () => go(placed.rows.at(-1)?.ids[0]),
  '+': () => zoomTo(zoom * 1.2),
  '=': () => zoomTo(zoom * 1.2),
  '-': () => zoomTo(zoom / 1.2),
  '0': () => zoomTo(fitting(leastZoom)),
  '/': () => filter.focus(),
};

view.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const run = event.key === 'F10' && event.shiftKey ? keys['ContextMenu'] : keys[event.key];
  if (run) run();
  else if (event.key.startsWith('Arrow')) go(step(event.key));
  else return;
  event.preventDefault();
});
filter.addEventListener('input', () => {
  match();
  paint();
});
filter.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') nextMatch();
  if (key !== 'Escape') return;
  filter.value = '';
  match();
  view.focus();
  paint();
});
const thingAt = (event: Event) =>
  (event.target instanceof Element ? event.target.closest<HTMLElement>('.card') : null)?.dataset['thing'];
view.addEventListener('click', (event) => {
  const id = thingAt(event);
  if (id === undefined) return;
  const pile = (things.get(id)?.count ?? 1) > 1;
  go(id);
  if (pile) toggle();
});
view.addEventListener('dblclick', (event) => {
  if (thingAt(event) !== undefined) tell('reveal');
});
view.addEventListener('contextmenu', (event) => {
  event.preventDefault();
  const id = thingAt(event);
  // The key of the menu is told as a click of the mouse, too, with the focus on the whole map.
  if (id === undefined) return;
  go(id);
  tell('details');
});
let painting = false;
view.addEventListener('scroll', () => {
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => {
    painting = false;
    paint();
    keep();
  });
});
view.addEventListener(
  'wheel',
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomTo(zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
  },
  { passive: false },
);
new ResizeObserver(() => resize()).observe(view);
for (const [id, run] of [
  ['closer', keys['+']],
  ['farther', keys['-']],
  ['whole', keys['0']],
  ['reveal', keys['Enter']],
  ['details', keys['ContextMenu']],
] as const)
  find<HTMLButtonElement>(id).addEventListener('click', () => run?.());

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (typeof data !== 'object' || data === null || !('type' in data)) return;
  const message = data as ToMap;
  if (message.type === 'graph') {
    graph = message.graph;
    title.textContent = message.title;
    view.setAttribute('aria-label', message.title);
    unfolded = new Set(restored?.unfolded);
    at ??= restored?.at ?? message.focus;
    // The keys are the map's as soon as it is there.
    view.focus({ preventScroll: true });
  } else if (message.type === 'change') graph = changed(graph, message.change);
  else return;
  notes.textContent = message.notes.join(' ');
  document.body.classList.toggle('empty', graph.nodes.length === 0);
  arrange();
  if (at !== undefined) status.textContent = sentence(at, 12);
});
editor.postMessage({ type: 'ready' });

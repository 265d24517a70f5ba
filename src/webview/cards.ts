import type { Drawn } from '../map/fold.ts';
import { layers } from '../map/graph.ts';
import { kindGlyph, moodGlyphs } from './glyphs.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG with its attributes. */
export function svg(name: string, attributes: Readonly<Record<string, string>>, ...children: readonly Element[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function glyph(path: string, className: string): SVGElement {
  return svg('svg', { class: className, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: path }));
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

const worlds: ReadonlyMap<string, string> = new Map(layers.map(({ id, world }) => [id, world]));

/** How a thing is called in a sentence: `Deployment web`, `2000 × Pod web-…`. */
export const called = ({ kind, name, count }: Drawn): string => (count > 1 ? `${count} × ${kind} ${name}` : `${kind} ${name}`);

/** The card of a thing: what it is, what it is called, how it stands as a shape and a word. */
export function card(drawn: Drawn): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('role', 'treeitem');
  fill(element, drawn);
  return element;
}

/** Longer names lose their middle, and keep so many letters of their end. */
const [shortName, tail] = [15, 6];

/** As kubectl abbreviates them (`kubectl api-resources`); the whole word is in the tooltip and is what is read out. */
const shortKinds: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: 'HPA',
  PersistentVolume: 'PV',
  PersistentVolumeClaim: 'PVC',
  PodDisruptionBudget: 'PDB',
};

/** Writes a card anew. */
export function fill(element: HTMLElement, drawn: Drawn): void {
  const { kind, name, count, mood, word, layer } = drawn;
  element.className = `card ${worlds.get(layer) ?? ''} ${mood}${count > 1 ? ' pile' : ''}`;
  const head = document.createElement('div');
  head.className = 'head';
  // What tells long names of a kind apart stands at their end.
  const cut = name.length > shortName && count === 1 ? name.length - tail : name.length;
  head.append(glyph(kindGlyph(kind), 'kind'), span('name', name.slice(0, cut)), span('tail', name.slice(cut)));
  if (count > 1) head.append(span('count', `×${count}`));
  const foot = document.createElement('div');
  foot.className = 'foot';
  foot.append(span('what', shortKinds[kind] ?? kind));
  if (word !== '') foot.append(glyph(moodGlyphs[mood], 'mood'), span('word', word));
  element.replaceChildren(head, foot);
  element.title = `${called(drawn)}${word === '' ? '' : ` · ${word}`}`;
}

import { posix } from 'node:path';
import type { Discovered } from '../deploy/files/discover.ts';
import { fileName } from '../deploy/files/fileName.ts';
import type { Files } from '../deploy/files/files.ts';
import type { Blocker } from '../deploy/types.ts';
import { helmRenderings, valuesBeside } from './helmRendering.ts';
import { joined, type Kustomization, layersOf, readKustomization } from './kustomization.ts';
import { kustomizeRendering } from './kustomizeRendering.ts';
import type { Rendering } from './rendering.ts';

const kustomizations = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;
const charts = /(?:^|\/)Chart\.yaml$/;

/** Whether a file says that its folder is rendered before it is applied. */
export const isRendered = (file: string) => kustomizations.test(file) || charts.test(file);

/** What is rendered for a deploy, and what keeps some of it from that. */
export interface Renderings {
  readonly renderings: readonly Rendering[];
  readonly blockers: readonly Blocker[];
}

/**
 * What a deploy renders of the folders that discovery found to be kustomizations or charts, each once: a base only as a part of its overlay, a chart with the values that were named or its own.
 * Where several overlays are made of one base, or a chart has several values files and none was named, nobody can say which is meant: that is said, and nothing is guessed.
 */
export async function renderingsFor(notes: Discovered['notes'], files: Files, values: readonly string[]): Promise<Renderings> {
  const marks = notes.filter(({ file, blocks }) => blocks && isRendered(file)).map(({ file }) => file);
  const known = new Map<string, Promise<Kustomization | undefined>>();
  const all: Kustomization[] = [];
  const blockers: Blocker[] = [];
  for (const mark of marks.filter((file) => kustomizations.test(file))) {
    const found = await readKustomization(mark, files, known);
    if (found) all.push(found);
    else blockers.push(blocked(mark, `${mark} is no kustomization that can be read.`));
  }
  const inner = new Set(all.flatMap((one) => layersOf(one).slice(1)).map(({ file }) => file));
  const outermost = all.filter(({ file, isComponent }) => !inner.has(file) && !isComponent);
  const either = alternatives(outermost);
  if (either) blockers.push(either.blocker);
  const rendered: Rendering[] = outermost.filter((one) => !either?.of.includes(one)).map(kustomizeRendering);
  for (const mark of marks.filter((file) => charts.test(file))) {
    const chart = await chartFor(mark, files, values);
    if ('message' in chart) blockers.push(chart);
    else rendered.push(chart);
  }
  return { renderings: rendered, blockers };
}

/** Overlays that are made of one base: each is for a target of its own. */
function alternatives(
  outermost: readonly Kustomization[],
): { readonly of: readonly Kustomization[]; readonly blocker: Blocker } | undefined {
  const uses = outermost.flatMap((one) => layersOf(one).flatMap((part) => (part === one ? [] : [{ one, part }])));
  const [several] = [...Map.groupBy(uses, ({ part }) => part.file).values()].filter((all) => all.length > 1);
  const [first] = several ?? [];
  if (!several || !first) return undefined;
  const of = several.map(({ one }) => one);
  const message = `${of.map(({ folder }) => folder).join(' and ')} are made of one base, ${first.part.folder}, so only one of them goes to a target. Name the one that is meant, or a file of targets.`;
  return { of, blocker: blocked(first.one.file, message) };
}

async function chartFor(mark: string, files: Files, values: readonly string[]): Promise<Rendering | Blocker> {
  const beside = values.length > 0 ? [] : await valuesBeside(posix.dirname(mark), files);
  if (beside.length > 0)
    return blocked(
      mark,
      `The chart has ${beside.map(fileName).join(', ')} beside its own values: name those that are meant (--values FILE, or values of a target; values.yaml for its own alone).`,
    );
  const named = values.length > 0 ? values : [joined(posix.dirname(mark), 'values.yaml')];
  const own = (await files.facts(named[0] ?? '')).ok || values.length > 0 ? named : [];
  const [rendering] = await helmRenderings(mark, files, own);
  return rendering ?? blocked(mark, `${mark} is no chart that renders anything: a library, or a file that cannot be read.`);
}

function blocked(file: string, message: string): Blocker {
  return { message, place: { file, range: { start: 0, end: 0 }, line: 1 } };
}

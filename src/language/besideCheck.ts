import { missingFile, templatesFor, unknownParameters } from '../manifest/heatFiles.ts';
import type { LocalFinding } from '../manifest/parse.ts';
import type { BesideAnswer } from '../protocol.ts';
import type { LanguageHost } from './host.ts';
import type { OpenDocument } from './openDocument.ts';
import type { Section } from './section.ts';

/** What the documents of a file want of the files beside it and do not find there; those without a finding are left out. Only a file on disk has files beside it. */
export async function besideFindings(
  { uri, sections }: OpenDocument,
  host: LanguageHost,
  signal: AbortSignal,
): Promise<ReadonlyMap<Section, readonly LocalFinding[]>> {
  const asking = sections.map(({ section }) => section).filter((section) => section.isRead && wantsFiles(section));
  if (!host.beside || asking.length === 0 || !uri.startsWith('file:')) return new Map();
  const paths = [...new Set(asking.flatMap(({ content }) => content.heat.files.map(({ text }) => text)))];
  const templates = asking.some(({ content }) => content.heat.gives.length > 0);
  const answer = await host.beside({ uri, paths, templates }, signal).catch((): BesideAnswer => ({ missing: [], templates: [] }));
  const missing = new Set(answer.missing);
  const meant = templatesFor(uri, answer.templates);
  const found = asking.map((section) => {
    const { files, gives } = section.content.heat;
    return [
      section,
      [...files.filter(({ text }) => missing.has(text)).map(missingFile), ...unknownParameters(gives, meant)],
    ] as const;
  });
  return new Map(found.filter(([, findings]) => findings.length > 0));
}

/** Whether what stands in other files decides what is wrong in a section. */
export function wantsFiles({ content }: Section): boolean {
  return content.heat.files.length + content.heat.gives.length > 0;
}

import type { Uri } from 'vscode';
import { missingBeside, templatesBeside } from '../deploy/files/heatBeside.ts';
import type { BesideAnswer, BesideParams } from '../protocol.ts';
import { editorFiles, pathOf } from './editorFiles.ts';

/** What a document wants to know of the files beside it, as the editor has them. */
export async function besideFiles(uri: Uri, { paths, templates }: BesideParams): Promise<BesideAnswer> {
  const file = pathOf(uri);
  return {
    missing: await missingBeside(file, paths, editorFiles),
    templates: templates ? await templatesBeside(file, editorFiles) : [],
  };
}

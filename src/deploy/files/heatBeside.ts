import { posix } from 'node:path';
import type { Finding } from '../../manifest/finding.ts';
import {
  type BesideTemplate,
  heatFilesOf,
  missingFile,
  parametersOf,
  templatesFor,
  unknownParameters,
} from '../../manifest/heatFiles.ts';
import { type Manifest, parseManifests, placed } from '../../manifest/manifest.ts';
import type { Files } from './files.ts';

const isTemplateName = /\.(?:ya?ml|template|hot)$/i;
const isTemplate = /^heat_template_version:/m;
/** A folder of more YAML files is no folder of a stack. */
const [mostFiles, largest] = [200, 1024 * 1024];
/** Folders that hold nothing but environments of the templates above them. */
const environmentFolder = /^(?:env|envs|environment|environments|params|parameters)$/i;

/** Which of some paths, as written in a file, are not there; a path that leads to a folder or cannot be looked at is. */
export async function missingBeside(file: string, paths: readonly string[], files: Files): Promise<readonly string[]> {
  const missing = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const facts = await files.facts(besidePath(file, path));
      return !facts.ok && facts.failure.reason === 'notFound' ? [path] : [];
    }),
  );
  return missing.flat();
}

/** The Heat templates in the folder of an environment, or in the one above where that is a folder of environments. */
export async function templatesBeside(file: string, files: Files): Promise<readonly BesideTemplate[]> {
  const folder = posix.dirname(file);
  const here = await templatesIn(folder, file, files);
  return here.length > 0 || !environmentFolder.test(posix.basename(folder))
    ? here
    : await templatesIn(posix.dirname(folder), file, files);
}

const mayGive = /^["'{]?\s*["']?parameters["']?[ \t]*:/m;

/** Whether a file is a Heat environment that shows it by nothing but the template beside it: it has values of parameters, and no section that only environments have. */
export async function isBareEnvironment(file: string, text: string, files: Files): Promise<boolean> {
  if (!mayGive.test(text)) return false;
  const [only, ...others] = parseManifests(file, text);
  if (!only?.local.tree || others.length > 0 || only.kind !== undefined) return false;
  return heatFilesOf(only.local).gives.length > 0 && (await templatesBeside(file, files)).length > 0;
}

async function templatesIn(folder: string, except: string, files: Files): Promise<readonly BesideTemplate[]> {
  const list = await files.list(folder);
  const names = (list.ok ? list.value : []).filter(({ name, type }) => type === 'file' && isTemplateName.test(name));
  if (names.length > mostFiles) return [];
  const found = await Promise.all(
    names.map(async ({ name }): Promise<BesideTemplate[]> => {
      const path = besidePath(`${folder}/x`, name);
      const facts = path === except ? undefined : await files.facts(path);
      const text = facts?.ok && facts.value.size <= largest ? await files.read(path) : undefined;
      if (!text?.ok || !isTemplate.test(text.value)) return [];
      return parseManifests(path, text.value).flatMap(({ local }) => {
        const parameters = local.tree ? parametersOf(local) : undefined;
        return parameters ? [{ file: path, parameters }] : [];
      });
    }),
  );
  return found.flat().sort((one, other) => (one.file < other.file ? -1 : 1));
}

function besidePath(file: string, path: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][\w+.-]+:\/\/)?(.*)$/is.exec(file) ?? [];
  return scheme + posix.join(posix.dirname(rest), path);
}

/** What Heat templates and environments among manifests want of files beside them and do not find. */
export async function heatFindings(manifests: readonly Manifest[], files: Files): Promise<readonly Finding[]> {
  const found = await Promise.all(
    manifests.map(async ({ local, file, offset }) => {
      if (!local.tree || local.kind !== undefined) return [];
      const { files: wanted, gives } = heatFilesOf(local);
      if (wanted.length + gives.length === 0) return [];
      const missing = await missingBeside(
        file,
        wanted.map(({ text }) => text),
        files,
      );
      const templates = gives.length > 0 ? templatesFor(file, await templatesBeside(file, files)) : [];
      const told = [
        ...wanted.filter(({ text }) => missing.includes(text)).map(missingFile),
        ...unknownParameters(gives, templates),
      ];
      return told.map((one) => placed(one, file, offset));
    }),
  );
  return found.flat();
}

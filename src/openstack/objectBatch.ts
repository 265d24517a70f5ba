import { opendir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { eachOf } from '../base/eachOf.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { fileSource } from '../base/fileSource.ts';
import { saveFile } from '../base/savedFile.ts';
import type { Resource } from './kind.ts';
import { localPathOf } from './objectNames.ts';
import { deleteObject, downloadObject, type Following, isSegmented, listDeep } from './objectStore.ts';
import type { Project } from './project.ts';
import { uploadFile } from './segments.ts';

/** A part of a container: one object by its entry in a list, or all whose names begin with `prefix`. */
export type Part =
  | { readonly project: Project; readonly container: string; readonly object: Resource }
  | { readonly project: Project; readonly container: string; readonly prefix: string };

/** How many objects, and how many bytes. */
export interface Measure {
  readonly objects: number;
  readonly bytes: number;
}

/** What became of many: how many went well, what was there already and was left alone, and what failed. */
export interface Outcome<T> {
  readonly done: number;
  readonly taken: readonly T[];
  readonly failures: readonly Failure[];
}

/** A file of the disk and the name it gets. */
export interface Upload {
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
}

/** An object, and the file it becomes. */
export interface Download {
  readonly part: Part;
  readonly object: Resource;
  readonly file: string;
}

/** So many go up, come down or are deleted at once. */
const atATime = 4;

export const nameIn = (object: Resource): string => String(object['name'] ?? '');
const bytesIn = (object: Resource): number => Number(object['bytes'] ?? 0);

/** Every object of the parts. A page that fails ends it. */
export async function* objectsOf(
  parts: readonly Part[],
  signal?: AbortSignal,
): AsyncGenerator<Result<{ part: Part; object: Resource }>> {
  for (const part of parts) {
    if ('object' in part) yield success({ part, object: part.object });
    else {
      for await (const page of listDeep(part.project, part.container, part.prefix, signal)) {
        if (!page.ok) yield page;
        else for (const object of page.value) yield success({ part, object });
      }
    }
  }
}

/** Counts. Fails where one page of a list does. */
export async function measure(parts: readonly Part[], signal?: AbortSignal): Promise<Result<Measure>> {
  const sum = { objects: 0, bytes: 0 };
  for await (const one of objectsOf(parts, signal)) {
    if (!one.ok) return one;
    sum.objects += 1;
    sum.bytes += bytesIn(one.value.object);
  }
  return success(sum);
}

/** The files below a folder, named by their path from its parent: `photos/2026/a.jpg`. Links are not followed; fails with `invalid` where a folder cannot be read. */
export async function uploadsBelow(folder: string, prefix: string): Promise<Result<readonly Upload[]>> {
  const found: Upload[] = [];
  const look = async (path: string, name: string): Promise<void> => {
    for await (const entry of await opendir(path)) {
      const [file, below] = [join(path, entry.name), `${name}${entry.name}`];
      if (entry.isDirectory()) await look(file, `${below}/`);
      else if (entry.isFile()) found.push({ file, name: below, bytes: (await stat(file)).size });
    }
  };
  try {
    await look(folder, `${prefix}${basename(folder)}/`);
    return success(found);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return failed('invalid', `${folder} cannot be read${code}.`);
  }
}

/** Sends many files. Without `replace`, objects that are there already are left alone and told of as `taken`. */
export async function uploadAll(
  project: Project,
  container: string,
  uploads: readonly Upload[],
  following: Following & { readonly replace?: boolean },
): Promise<Outcome<Upload>> {
  const outcome = gathering<Upload>();
  const send = async (upload: Upload) => {
    const file = await fileSource(upload.file);
    const sent = file.ok ? await uploadFile({ project, container, name: upload.name }, file.value, following) : file;
    outcome.add(sent, upload, (failure) => failure.status === 412);
  };
  await eachOf(uploads, atATime, send, following.signal);
  return outcome;
}

/** Where the objects of the parts go below a folder: an object by the last part of its name, a folder with its own name in front, a whole container with the container's; one whose place another has below its container, project or cloud. */
export async function downloadsTo(
  folder: string,
  parts: readonly Part[],
  signal?: AbortSignal,
): Promise<Result<readonly Download[]>> {
  const downloads: Download[] = [];
  const taken = new Set<string>();
  for await (const one of objectsOf(parts, signal)) {
    if (!one.ok) return one;
    const { part, object } = one.value;
    const { cloud, name: project } = part.project;
    const whole = `${part.container}/${nameIn(object)}`;
    const names = [savedName(part, object), whole, `${project}/${whole}`, `${cloud}/${project}/${whole}`];
    const paths = names.map((name) => localPathOf(name, process.platform === 'win32'));
    // Disks of Windows and macOS take two cases of a name for one.
    const keyOf = (path: string) => (process.platform === 'linux' ? path : path.toLowerCase());
    const path = paths.find((one) => one !== undefined && !taken.has(keyOf(one))) ?? paths[0];
    if (path === undefined) continue;
    taken.add(keyOf(path));
    downloads.push({ part, object, file: join(folder, path) });
  }
  return success(downloads);
}

function savedName(part: Part, object: Resource): string {
  const name = nameIn(object);
  if ('object' in part) return name.slice(name.lastIndexOf('/') + 1);
  if (part.prefix === '') return `${part.container}/${name}`;
  const above = part.prefix.slice(0, -1).lastIndexOf('/') + 1;
  return name.slice(above);
}

/** Brings many. Without `replace`, files that are there already are left alone and told of as `taken`. What is torn or cancelled leaves no file. */
export async function downloadAll(
  downloads: readonly Download[],
  { replace, ...following }: Following & { readonly replace?: boolean },
): Promise<Outcome<Download>> {
  const outcome = gathering<Download>();
  const bring = async (download: Download) => {
    const { part, object, file } = download;
    const place = { project: part.project, container: part.container, name: nameIn(object) };
    const isThere =
      !replace &&
      (await stat(file).then(
        () => true,
        () => false,
      ));
    const brought = isThere
      ? failed('conflict', `${file} exists already.`)
      : await saveFile(file, (open) => downloadObject(place, open, following));
    outcome.add(brought, download, () => isThere);
  };
  await eachOf(downloads, atATime, bring, following.signal);
  return outcome;
}

/** Deletes all objects of the parts, the segments of large ones with them; `onDeleted` hears of each. */
export async function deleteAll(parts: readonly Part[], onDeleted: () => void, signal?: AbortSignal): Promise<Outcome<Part>> {
  const outcome = gathering<Part>();
  const remove = async (one: Result<{ part: Part; object: Resource }>) => {
    if (!one.ok) return void outcome.failures.push(one.failure);
    const { part, object } = one.value;
    const place = { project: part.project, container: part.container, name: nameIn(object) };
    outcome.add(await deleteObject(place, isSegmented(object), signal), part, () => false);
    onDeleted();
  };
  await eachOf(objectsOf(parts, signal), atATime, remove, signal);
  return outcome;
}

function gathering<T>() {
  return {
    done: 0,
    taken: [] as T[],
    failures: [] as Failure[],
    add(result: Result<unknown>, one: T, isTaken: (failure: Failure) => boolean) {
      if (result.ok) this.done += 1;
      else if (isTaken(result.failure)) this.taken.push(one);
      else this.failures.push(result.failure);
    },
  };
}

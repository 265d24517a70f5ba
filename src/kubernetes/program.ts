import { access, constants, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The absolute path of a program: as it is, beside the file that names it, or on the PATH, whose relative folders count for nothing. Undefined when there is none. */
export async function findProgram(
  command: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  const candidates = isAbsolute(command)
    ? [command]
    : /[/\\]/.test(command)
      ? [resolve(dirname(file), command)]
      : onPath.flatMap((folder) => endings.map((ending) => join(folder, command + ending)));
  for (const path of candidates) {
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

/** The folder in which a program lies, by the path it is called by or by where links lead: either way the folder decides what runs. */
export async function folderAround(program: string, folders: readonly string[]): Promise<string | undefined> {
  const real = (path: string) => realpath(path).catch(() => path);
  const paths = [program, join(await real(dirname(program)), basename(program)), await real(program)];
  for (const folder of folders) {
    const around = [folder, await real(folder)];
    if (around.some((one) => paths.some((path) => isWithin(one, path)))) return folder;
  }
  return undefined;
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

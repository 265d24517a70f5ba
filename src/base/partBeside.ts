import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** A path beside a file for what is to take its place: hidden, and another one each time, as two may write at once. */
export function partBeside(path: string): string {
  // 200 characters leave room for the rest in the 255 bytes of a name
  return join(dirname(path), `.${basename(path).slice(0, 200)}.${randomUUID()}.part`);
}

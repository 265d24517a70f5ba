import { success } from '../base/failure.ts';
import type { Files } from '../deploy/files/files.ts';

/** What stands for standard input among the files. */
export const STDIN = '-';

/** Files of which the one called `-` is standard input, read once and only when it is asked for. */
export function withStandardInput(files: Files, input: AsyncIterable<Buffer | string>): Files {
  let text: Promise<string> | undefined;
  const read = () => {
    text ??= textOf(input);
    return text;
  };
  return {
    facts: async (path) =>
      path === STDIN ? success({ type: 'file', size: Buffer.byteLength(await read()) }) : files.facts(path),
    read: async (path) => (path === STDIN ? success(await read()) : files.read(path)),
    list: (folder) => files.list(folder),
  };
}

async function textOf(input: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of input) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

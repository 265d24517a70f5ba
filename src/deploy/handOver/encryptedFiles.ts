import type { Files } from '../files/files.ts';

/** The files among these that SOPS has encrypted: it leaves its own block in each document. Source: getsops.io, "Encrypted file format". What cannot be read is none. */
export async function encryptedFiles(paths: readonly string[], files: Files): Promise<ReadonlySet<string>> {
  const read = await Promise.all([...new Set(paths)].map(async (path) => ({ path, text: await files.read(path) })));
  return new Set(read.flatMap(({ path, text }) => (text.ok && /^sops:\s*$|"sops"\s*:\s*\{/m.test(text.value) ? [path] : [])));
}

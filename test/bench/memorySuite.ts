/** Runs inside VS Code: the memory of the extension host before and after our extension is active with a manifest open, and that of its language server, as JSON. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { extensions, window, workspace } from 'vscode';

const settleMs = 5000;

export async function run(): Promise<void> {
  await delay(settleMs);
  const before = await resident(process.pid);
  const extension = extensions.getExtension('hybrid-clusters.hybrid-clusters');
  if (!extension || extension.isActive) throw new Error('Our extension is missing, or was active before it was measured.');
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  await window.showTextDocument(await workspace.openTextDocument({ language: 'yaml', content: manifest }));
  await extension.activate();
  await delay(settleMs);
  await writeFile(
    process.env.BENCH_RESULT ?? '',
    JSON.stringify({ before, after: await resident(process.pid), server: await resident(await serverId()) }),
  );
}

/** Resident memory in MB. */
async function resident(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function serverId(): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [line, status] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]).catch(() => ['', '']);
    if (line?.includes('dist/server.js') && Number(/PPid:\s+(\d+)/.exec(status ?? '')?.[1]) === process.pid) return Number(pid);
  }
  throw new Error('The language server was not started.');
}

/**
 * Test files against servers that really run, each by itself. One that fails is played once more, from its start and with names of its own: what a loaded machine did to one window or one service seldom
 * happens twice, a mistake always does. Both are told, and what passed only then is called unsteady.
 *
 * usage: playFiles.ts FILE …
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Longest a test against a service may take; a story in a window has none, as its machine may be slow. */
const LIVE_TIMEOUT = '--test-timeout=300000';

/** Whether each file passed, at first or once more, run with these options of `node --test`. What they say goes to the output; of a first try that failed, behind a bar, so that its counts are not summed. */
export async function playFiles(files: readonly string[], options: readonly string[] = []): Promise<boolean> {
  const unsteady: string[] = [];
  let passed = true;
  for (const file of files) {
    const first = await playFile(file, options);
    if (first.passed) {
      console.log(first.output);
      continue;
    }
    console.log(`${first.output.replaceAll(/^/gm, '│ ')}\n${file} failed; it is played once more.`);
    const second = await playFile(file, options);
    console.log(second.output);
    if (second.passed) unsteady.push(file);
    else passed = false;
  }
  for (const file of unsteady) console.log(`unsteady: ${file} failed at first, and passed when it was played once more`);
  return passed;
}

async function playFile(
  file: string,
  options: readonly string[],
): Promise<{ readonly passed: boolean; readonly output: string }> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...options, file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  return { passed: status === 0, output: output.trimEnd() };
}

if (import.meta.main) process.exitCode = (await playFiles(process.argv.slice(2), [LIVE_TIMEOUT])) ? 0 : 1;

/**
 * Test files against servers that really run, each by itself. One that fails is played again, from its start and with names of its own: what a loaded machine did to one window or one service seldom
 * happens three times, a mistake always does. Every try is told, and what passed only at a later one is called unsteady.
 *
 * usage: playFiles.ts FILE …
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Longest a test against a service may take; a story in a window has none, as its machine may be slow. */
const LIVE_TIMEOUT = '--test-timeout=300000';

/** How often a file is played until it passes. */
const TRIES = 3;

/** Whether each file passed, at first or when it was played again, run with these options of `node --test`. What they say goes to the output; of a try that failed and was not the last, behind a bar, so that its counts are not summed. */
export async function playFiles(files: readonly string[], options: readonly string[] = []): Promise<boolean> {
  const unsteady: string[] = [];
  let passed = true;
  for (const file of files) {
    const tries = await playUntilPassed(file, options);
    if (tries === undefined) passed = false;
    else if (tries > 1) unsteady.push(`unsteady: ${file} passed at try ${tries} of ${TRIES}`);
  }
  for (const sentence of unsteady) console.log(sentence);
  return passed;
}

/** How many times a file was played until it passed; undefined if it never did. */
async function playUntilPassed(file: string, options: readonly string[]): Promise<number | undefined> {
  for (let tries = 1; ; tries++) {
    const { passed, output } = await playFile(file, options);
    if (passed || tries === TRIES) {
      console.log(output);
      return passed ? tries : undefined;
    }
    console.log(`${output.replaceAll(/^/gm, '│ ')}\n${file} failed; it is played again.`);
  }
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

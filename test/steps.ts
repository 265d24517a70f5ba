import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** One line of the run: a program, and how its result is read. */
export interface Step {
  readonly name: string;
  /** Program of `node_modules/.bin` and its arguments. */
  readonly command: readonly string[];
  /** Needs the sandbox: comes up before the first such step. */
  readonly sandbox?: true;
  /** Output is shown as it comes, because it takes minutes or is a table to be read. */
  readonly shown?: true;
}

/** Test files that only look at this checkout: every room's, but not the ones that need a live cloud and cluster. */
const unit = files('test/*/**/*.test.ts', /^test\/(?:e2e|bench|vscode-host|language)\/|\.live\.test\.ts$/);
/** The language server: its features, and its wire with a client and a server joined in memory. */
const protocol = files('test/language/**/*.test.ts');
/** Against the sandbox, without an editor. */
const live = files('test/**/*.live.test.ts');

/** Everything, in the order in which a mistake is cheapest to find. */
export const STEPS: readonly Step[] = [
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '--colors=off'] },
  { name: 'types', command: ['tsc', '-p', '.', '--pretty', 'false'] },
  { name: 'types of the page', command: ['tsc', '-p', 'src/webview', '--pretty', 'false'] },
  { name: 'rules', command: nodeTest(['test/architecture.test.ts', 'test/contributions.test.ts', 'test/peers.test.ts']) },
  { name: 'expectations', command: nodeTest(['test/expectations.test.ts']), shown: true },
  { name: 'unit', command: nodeTest(unit) },
  { name: 'protocol', command: nodeTest(protocol) },
  { name: 'package', command: ['npm', 'run', '-s', 'package'] },
  { name: 'live', command: ['node', 'test/playFiles.ts', ...live], sandbox: true, shown: true },
  { name: 'e2e', command: ['node', 'test/e2e/e2e.ts'], sandbox: true, shown: true },
];

/** Without a path node would run whatever it finds. */
function nodeTest(paths: readonly string[]): string[] {
  if (paths.length === 0) return ['sh', '-c', 'echo "No test file belongs to this step."; exit 1'];
  return ['node', '--test', '--test-reporter=spec', '--test-timeout=300000', ...paths];
}

function files(pattern: string, except?: RegExp): string[] {
  const found = globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', 'test/fixtures/**'] });
  return found.filter((path) => !except?.test(path)).sort();
}

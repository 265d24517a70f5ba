import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { test } from 'node:test';
import { findPlace, readEnvironment, type SandboxEnvironment } from '../sandbox/place.ts';
import { systemObstacle } from '../sandbox/prerequisites.ts';
import { isUp } from '../sandbox/verbs.ts';

export type { SandboxEnvironment } from '../sandbox/place.ts';

/** The running sandbox, or in one sentence why there is none. */
export type Found = { readonly sandbox: SandboxEnvironment } | { readonly reason: string };

/** Looks only at files and processes. `HYBRID_SANDBOX_ENV` names the env.json of another checkout's sandbox. */
export function findSandbox(): Found {
  const named = process.env['HYBRID_SANDBOX_ENV'];
  if (named) return { sandbox: JSON.parse(readFileSync(named, 'utf8')) as SandboxEnvironment };
  const place = findPlace();
  const sandbox = readEnvironment(place);
  if (sandbox && isUp(place)) return { sandbox };
  return { reason: obstacle() ?? 'The sandbox is not up: run "npm run sandbox -- up".' };
}

/** The running sandbox; throws, in CI and elsewhere, with the reason when there is none. */
export function requireSandbox(): SandboxEnvironment {
  const found = findSandbox();
  if ('reason' in found) assert.fail(found.reason);
  return found.sandbox;
}

/** A test against the running sandbox: without one it is skipped with the reason, in CI it fails. */
export function sandboxTest(name: string, body: (sandbox: SandboxEnvironment) => Promise<void>): void {
  const found = findSandbox();
  if ('sandbox' in found) test(name, () => body(found.sandbox));
  else test(name, process.env['CI'] ? {} : { skip: found.reason }, () => assert.fail(found.reason));
}

function obstacle(): string | undefined {
  let release = '';
  try {
    release = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // no such file: then it is not Debian either
  }
  return systemObstacle(platform(), release, process.getuid?.())?.sentence;
}

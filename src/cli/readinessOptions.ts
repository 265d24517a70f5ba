import { failed, type Result, success } from '../base/failure.ts';
import { readOverrides } from '../deploy/readiness/override.ts';
import { readDuration } from '../deploy/readiness/patience.ts';
import type { WaitOptions } from '../deploy/run/wait.ts';

/** `--readiness KIND=WORDS` (as often as wanted) and `--timeout 20m` of *apply*, as the wait takes them; `invalid` with a sentence when one cannot be read. */
export function readReadinessOptions(readiness: readonly string[], timeout: string | undefined): Result<WaitOptions> {
  const pairs = readiness.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] as const);
  const bare = readiness.find((one) => one.indexOf('=') < 1);
  if (bare !== undefined)
    return failed('invalid', `--readiness wants KIND=WORDS, such as apps/Deployment=condition=Available, not "${bare}".`);
  const { overrides, problems } = readOverrides(Object.fromEntries(pairs), '--readiness');
  const [problem] = problems;
  if (problem !== undefined) return failed('invalid', problem);
  const timeoutMs = timeout === undefined ? undefined : readDuration(timeout);
  if (timeout !== undefined && !timeoutMs)
    return failed('invalid', `--timeout wants a time such as 90s or 20m, not "${timeout}".`);
  return success({ readiness: overrides, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

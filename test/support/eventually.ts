import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/** Looks until it holds, at most a minute; `what` is said when it never does. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(300)) if (await holds()) return;
  assert.fail(`not within 60 s: ${what}`);
}

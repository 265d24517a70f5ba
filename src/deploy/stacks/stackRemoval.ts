import { setTimeout as sleep } from 'node:timers/promises';
import { failed, type Result, success } from '../../base/failure.ts';
import { textAt } from '../../base/fields.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';
import type { Member } from '../removal/inventory.ts';
import type { Target } from '../types.ts';
import { STACK_KIND } from './stackRequest.ts';

/** The project of a target, `demo/shop`: in another one a stack of the same name is another stack. */
export function projectOf({ cloud, project }: Pick<Target, 'cloud' | 'project'>): string | undefined {
  return cloud === undefined ? undefined : [cloud, project].filter(Boolean).join('/');
}

/** A stack that is to go. */
export interface StackFound {
  readonly id: string;
  /** What it takes along, by name. */
  readonly destroys: string;
}

/** Of many resources, so many are named. */
const mostNamed = 10;

/** Looks for a member's stack and what would go with it, nested stacks included. `notFound` if it is gone already; fails with `unsupported` where its project is not bound, and as the cloud does. */
export async function findStack(member: Member, projects: readonly Project[], signal: AbortSignal): Promise<Result<StackFound>> {
  const home = projects.find((project) => projectOf({ cloud: project.cloud, project: project.name }) === member.project);
  if (!home) return failed('unsupported', `its project ${member.project ?? ''} is not bound here`.replace('  ', ' '));
  const asked = { freshness: 'fresh', signal } as const;
  const stacks = await home.list(STACK_KIND, asked);
  if (!stacks.ok) return stacks;
  const stack = stacks.value.items.find((one) => one['stack_name'] === member.name);
  if (!stack) return failed('notFound', `Stack ${member.name} is gone.`);
  const parts = await home.list('orchestration.resource', { ...asked, parent: stack, query: { nested_depth: '5' } });
  if (!parts.ok) return parts;
  const made = parts.value.items.filter((one) => textAt(one, 'physical_resource_id'));
  const names = made.map((one) => `${textAt(one, 'resource_name') ?? ''} (${textAt(one, 'resource_type') ?? ''})`);
  const more = names.length > mostNamed ? `, ${names.length - mostNamed} more` : '';
  const named = names.length === 0 ? '' : `: ${names.slice(0, mostNamed).join(', ')}${more}`;
  const id = String(stack['id']);
  return success({ id, destroys: `stack ${member.name} (${id}) in project ${home.name}, with all it made${named}` });
}

/** How long a stack may stand still while it is deleted, in ms: Heat's own limit for one operation is an hour by default (heat, `stack_action_timeout`). */
const quietStackMs = 3_600_000;

/**
 * Deletes a stack and resolves when it is gone. Fails as Heat refuses, with `conflict` and Heat's reason where it gives up, and with `unavailable` when nothing moved for too long. What a stack depends on
 * Heat sorts out by itself.
 */
export async function deleteStack(
  project: Project,
  { name, id }: { readonly name: string; readonly id: string },
  tell: (message: string) => void,
  signal: AbortSignal,
  { pollMs = 1_000, quietMs = quietStackMs }: { readonly pollMs?: number; readonly quietMs?: number } = {},
): Promise<Result<void>> {
  const stack: Resource = { id, stack_name: name };
  const sent = await project.act(STACK_KIND, stack, 'delete', { signal });
  if (!sent.ok) return sent.failure.reason === 'notFound' ? success(undefined) : sent;
  let said = '';
  let moved = Date.now();
  for (;;) {
    const seen = await project.renew(STACK_KIND, id, { signal });
    if (!seen.ok && seen.failure.reason === 'notFound') return success(undefined);
    if (signal.aborted) return failed('cancelled', 'its deletion goes on; not waited for');
    const status = seen.ok ? String(seen.value['stack_status']) : seen.failure.message;
    if (status === 'DELETE_COMPLETE') return success(undefined);
    if (seen.ok && status === 'DELETE_FAILED')
      return failed('conflict', `Stack ${name} could not be deleted: ${textAt(seen.value, 'stack_status_reason') ?? status}`);
    if (status !== said) {
      said = status;
      moved = Date.now();
      tell(status);
    }
    if (Date.now() - moved >= quietMs) return failed('unavailable', `Stack ${name} is still there: ${status}.`);
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

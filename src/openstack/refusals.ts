import type { Service } from './services.ts';

/** Who was refused, doing what: what of it decides which role would have been enough. */
export interface Refused {
  readonly user: string;
  readonly roles: readonly string[];
  readonly service: Pick<Service, 'roles'>;
  /** Whether only administrators may list the kind asked for. */
  readonly admin: boolean;
  readonly writes: boolean;
}

const usual = { reads: ['reader', 'member'], writes: ['member'] } as const;

/**
 * Words by which the services say that a policy forbids something, rule named or not: "Policy doesn't allow os_compute_api:os-services:list to be performed", "rule:create_network is disallowed by policy",
 * "You are not authorized to complete publicize_image action", "Access was denied to the following resource: baremetal:node:create", "review your user/project privileges". Seen at the services themselves.
 */
const policy = /\bpolic(?:y|ies)\b|authori[sz]ed|access was denied|privileges|not allowed|^(?:403 )?forbidden\.?$/i;

/** Words by which the services say that a quota is used up, whatever their status: 403 (Nova, Octavia, Heat, Magnum, Barbican), 409 (Neutron), 413 (Cinder, Manila, Designate, Glance, Swift). Source: the texts of their exceptions. */
const quota = /\bover_?quota\b|\bquotas?\b|reached the maximum|maximum (?:number|size) of .*exceeded|will exceed the limit/i;

/** Words by which a resource is said to be needed by another one. */
const needed =
  /in[ -]use|still (?:has|have|in|attached|contains)|attached|has (?:snapshots|children|backups)|have snapshots|not empty|depend|required by|associated with|referenced/i;

/** Words by which a resource is said to be busy. */
const busy =
  /immutable|PENDING_|IN_PROGRESS|in progress|task_state|while it is in|status must be|invalid (?:status|state)|not in a valid state/i;

/** Words in which `quota` is part of a rule's name (`quota:get_all`, `os_compute_api:os-quota-sets:update`). */
const rule = /\bpolic(?:y|ies)\b|authori[sz]ed|access was denied/i;

/** Whether the words of a refusal tell of a quota. */
export function isQuota(words: string | undefined): boolean {
  return words !== undefined && quota.test(words) && !rule.test(words);
}

/** Which role may be missing, as far as it can be known: whose roles they are, and what services usually ask for. Empty where the words tell of something else than rights. */
export function roleHint(words: string | undefined, { user, roles, service, admin, writes }: Refused): string {
  if (roles.length === 0 || (words !== undefined && !policy.test(words))) return '';
  const own = `${user}'s ${roles.length === 1 ? 'role' : 'roles'} there: ${[...roles].sort().join(', ')}`;
  if (roles.includes('admin')) return ` ${own}. It may take a token of the system instead (system_scope: all).`;
  const enough = (service.roles ?? usual)[writes ? 'writes' : 'reads'];
  const missing = admin || enough.some((role) => roles.includes(role)) ? ['admin'] : enough;
  return ` ${own}. This usually takes ${missing.join(' or ')}: ask the cloud's administrator.`;
}

/** What to do after a refused change, by the words of the refusal; empty where they do not tell. */
export function wayOut(words: string | undefined): string {
  if (words === undefined) return '';
  if (needed.test(words)) return ' Remove what uses it first.';
  return busy.test(words) ? ' Try again once it has settled.' : '';
}

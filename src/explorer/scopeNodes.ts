import type { Cloud, ProjectRef, Scopes } from '../openstack/cloud.ts';
import { type Changed, plainBranch, type Row, row } from './nodes.ts';
import { openProject, type ProjectParts } from './projectNodes.ts';

interface Domain {
  readonly id: string;
  readonly name: string;
}

/**
 * What lies below a cloud: its projects, below their domains where there are several, and then the domains and the system that the user has a role on. These are asked for beside the
 * rows, which need not wait for them.
 */
export function openScopes(
  parts: ProjectParts,
  projectRow: (cloud: Cloud, ref: ProjectRef) => Row,
  changed: Changed,
): (cloud: Cloud, projects: readonly ProjectRef[]) => Promise<readonly Row[]> {
  let known: Scopes = { domains: [], system: false, names: {} };
  let askedOf: Cloud | undefined;
  /** Projects of a domain as last seen: what stands below its row while that is open. */
  const below = new Map<string, readonly ProjectRef[]>();
  const ask = async (cloud: Cloud, named: readonly string[]) => {
    const answer = await cloud.scopes?.(named);
    if (!answer?.ok || askedOf !== cloud) return;
    const before = JSON.stringify(known);
    known = answer.value;
    if (JSON.stringify(known) !== before) changed();
  };
  return async (cloud, projects) => {
    if (askedOf !== cloud) {
      askedOf = cloud;
      void ask(cloud, [...new Set(projects.flatMap(({ domain }) => domain ?? []))]);
    }
    const { domains, system, names } = known;
    const nameOf = (id: string) => names[id] ?? id;
    const own = Map.groupBy(projects, ({ domain }) => domain ?? '');
    const named = ({ domain, ...ref }: ProjectRef) => ({ ...ref, ...(domain !== undefined && { domain: nameOf(domain) }) });
    const whole = system ? [systemRow(cloud, parts)] : [];
    if (own.size < 2)
      return [
        ...projects.map((ref) => projectRow(cloud, named(ref))),
        ...domains.map((domain) => scopeRow(cloud, domain, parts)),
        ...whole,
      ];
    below.clear();
    for (const [id, refs] of own) below.set(id, refs);
    const ids = new Set([...own.keys(), ...domains.map(({ id }) => id)]);
    const rows = [...ids].map((id) => {
      const scope = domains.find((one) => one.id === id);
      return domainRow(cloud, { id, name: nameOf(id) }, () => [
        ...(scope ? [scopeRow(cloud, scope, parts)] : []),
        ...(below.get(id) ?? []).map(({ domain: _, ...ref }) => projectRow(cloud, ref)),
      ]);
    });
    return [...rows, ...whole];
  };
}

/** A domain as a level above its projects. */
function domainRow(cloud: Cloud, domain: Domain, rows: () => readonly Row[]): Row {
  return row({
    ...domainLook(cloud, domain),
    segment: `in:${domain.id}`,
    description: 'domain',
    words: ['domain', 'can:refresh', 'can:copyId', 'can:copyName'],
    passes: true,
    open: () => plainBranch(rows),
  });
}

function domainLook({ summary, region }: Cloud, domain: Domain) {
  const { id, name } = domain;
  const facts = [['id', id]] as const;
  return {
    label: name || 'no domain',
    icon: 'organization',
    facts,
    subject: { of: 'domain', cloud: summary, region, domain } as const,
    id,
    name,
  };
}

/** What a role on a domain lets one list: its users, groups and projects, and what the services show to such a token. */
function scopeRow(cloud: Cloud, domain: Domain, parts: ProjectParts): Row {
  return row({
    ...domainLook(cloud, domain),
    segment: `domain:${domain.id}`,
    description: 'domain scope',
    words: ['scope', 'can:refresh', 'can:copyId', 'can:copyName'],
    open: openProject(wide(cloud, { domain: domain.id }), parts),
  });
}

/** What a role on the whole cloud lets one list. */
function systemRow(cloud: Cloud, parts: ProjectParts): Row {
  return row({
    segment: 'system',
    label: 'system',
    description: 'system scope · the whole cloud',
    icon: 'server-environment',
    words: ['scope', 'can:refresh'],
    subject: { of: 'system', cloud: cloud.summary, region: cloud.region },
    open: openProject(wide(cloud, 'system'), parts),
  });
}

function wide(cloud: Cloud, scope: 'system' | { readonly domain: string }) {
  const { name } = cloud.summary;
  const refused = { reason: 'unsupported' as const, message: `Cloud ${name} has no such scope.` };
  return {
    cloud: name,
    wide: true,
    open: async () => (await cloud.scoped?.(scope)) ?? { ok: false as const, failure: refused },
  };
}

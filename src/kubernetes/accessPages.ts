import { type Access, resourceName } from './accessRules.ts';
import type { ObjectRef } from './cluster.ts';
import { objectName } from './objectActions.ts';
import type { RulesReview } from './permissions.ts';
import type { WhoCan } from './whoCan.ts';

/** A run of a text that names an object. Line and columns count from 0, the end is exclusive. */
export interface NamedObject {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly ref: ObjectRef;
}

/** A page about who may, to be read, and the bindings and roles named in it. `where` ends its title: `in namespace shop of sandbox-admin`. */
export function whoCanPage(
  { grants, unread, rolesMissing }: WhoCan,
  access: Access,
  where: string,
): { readonly text: string; readonly named: readonly NamedObject[] } {
  const title = `Who can ${[access.verb, resourceName(access), access.name].filter(Boolean).join(' ')} ${where}`;
  const rows = grants.map(({ subject, binding, role, names }) => [
    subject,
    objectName(binding),
    objectName(role),
    names.length === 0 ? '' : `only ${names.join(', ')}`,
  ]);
  const heads = ['SUBJECT', 'BY BINDING', 'TO ROLE', ''];
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('   ')
      .trimEnd();
  const nobody = unread.length > 0 ? 'Nobody, as far as it could be read.' : 'Nobody by RBAC.';
  const text = [
    title,
    '',
    ...(grants.length === 0 ? [nobody] : [line(heads), ...rows.map(line)]),
    '',
    ...unread.map(({ message }) => `Not all could be read: ${message}`),
    ...rolesMissing.map((role) => `${objectName(role)} is bound and does not exist.`),
    'Beside RBAC: every API server lets the group system:masters do everything, and other authorisers (webhooks such as',
    "Keystone's, a cloud's own access policies) may let others do this. No binding tells of them.",
  ];
  const named = grants.flatMap(({ binding, role }, index) => {
    const second = (widths[0] ?? 0) + 3;
    const third = second + (widths[1] ?? 0) + 3;
    const at = (ref: ObjectRef, start: number) => ({ line: index + 3, start, end: start + objectName(ref).length, ref });
    return [at(binding, second), at(role, third)];
  });
  return { text: `${text.join('\n')}\n`, named };
}

/** A page about the rules that hold for the user in a namespace; `who` and `where` make its title. */
export function rulesPage({ rules, incomplete }: RulesReview, who: string, where: string): string {
  const rows = rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => {
    const names = resourceNames.length === 0 ? '' : `only ${resourceNames.join(', ')}`;
    return apiGroups.flatMap((of) =>
      resources.map((resource) => {
        const [plain = '', subresource] = resource.split('/');
        const named = resourceName({ verb: '', group: of, resource: plain, ...(subresource && { subresource }) });
        return [named, [...verbs].sort().join(', '), names] as const;
      }),
    );
  });
  const merged = [...Map.groupBy(rows, ([resource, , names]) => `${resource} ${names}`).values()].map((alike) => {
    const [[resource, , names] = ['', '', '']] = alike;
    const verbs = new Set(alike.flatMap(([, each]) => each.split(', ')));
    return [resource, [...verbs].sort().join(', '), names] as const;
  });
  const sorted = merged.toSorted(([one], [other]) => one.localeCompare(other));
  const widths = [0, 1].map((at) => Math.min(60, Math.max(0, ...sorted.map((row) => row[at]?.length ?? 0))));
  const lines = sorted.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  const more = [
    'There may be more: an authoriser of this cluster (a webhook, as Keystone has one) cannot tell its rules. Actions are',
    'asked for one by one instead.',
  ];
  const nothing = incomplete ? [] : ['Nothing.'];
  const text = [`What ${who} may do ${where}`, '', ...(lines.length > 0 ? lines : nothing), '', ...(incomplete ? more : [])];
  return `${text.join('\n').trimEnd()}\n`;
}

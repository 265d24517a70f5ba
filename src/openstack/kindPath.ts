import { failed, type Result, success } from '../base/failure.ts';
import { textAt } from './columns.ts';
import { idOf } from './display.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';
import { type Service, serviceRow } from './services.ts';
import type { Token } from './token.ts';

/** Fills the `{parameters}` of a path from the parent or the token, each encoded. Fails with `unsupported` where one is not known. */
export function pathOf(kind: KindId, path: string, token: Token, parent: Resource | undefined): Result<string> {
  const row = kindOf(kind);
  let missing = false;
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = parameterOf(kind, name, token, parent) ?? '';
    // A dotted segment would ask for another path.
    if (/^\.{0,2}$/.test(value)) missing = true;
    return encodeURIComponent(value);
  });
  if (!missing) return success(filled);
  const below = row.parent ? kindOf(row.parent.kind).label[0] : 'project';
  return failed('unsupported', `${row.label[1]} are only known below one ${below}.`);
}

/** Where one resource is below its collection, encoded. */
export function itemPath(kind: KindId, resource: Resource): string {
  const template = kindOf(kind).changedAt;
  if (template === undefined) return encodeURIComponent(idOf(kind, resource));
  return template.replace(/\{(\w+)\}/g, (_whole, field: string) => encodeURIComponent(textAt(resource, field) ?? ''));
}

function parameterOf(kind: KindId, name: string, token: Token, parent: Resource | undefined): string | undefined {
  const field = kindOf(kind).parent?.parameters[name];
  if (field === undefined) return { user: token.user.id, project: token.project?.id }[name];
  return parent && textAt(parent, field);
}

/** The query of the first page: what the row, the filters and the service's own ways ask for. */
export function firstQuery(
  kind: KindId,
  filters: Readonly<Record<string, string>>,
  token: Token,
  parent: Resource | undefined,
  allProjects = false,
): URLSearchParams {
  const { query = {}, paged, allProjects: own } = kindOf(kind);
  const service = serviceRow(kind);
  const filled = Object.entries(query).map(([key, value]) => [
    key,
    value.replace(/\{(\w+)\}/g, (_whole, name: string) => parameterOf(kind, name, token, parent) ?? ''),
  ]);
  const reach = allProjects && own ? (own?.query ?? service.allProjects?.query ?? {}) : narrowing(kind, service, token);
  const all = new URLSearchParams({ ...Object.fromEntries(filled), ...filters, ...reach });
  if (service.limit !== undefined && paged !== false) all.set('limit', String(service.limit));
  return all;
}

/** An administrator sees every project's resources; a project's list is narrowed to its own. */
function narrowing(kind: KindId, { projectQuery }: Service, token: Token): Record<string, string> {
  if (!projectQuery || kindOf(kind).shared || !token.project || !token.roles.includes('admin')) return {};
  return { [projectQuery]: token.project.id };
}

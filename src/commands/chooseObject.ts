import { l10n } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { ApiKind, Cluster, Contexts, ObjectRef } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { isBrowsable, shownCells } from '../kubernetes/kinds.ts';
import type { ObjectAction } from '../kubernetes/objectActions.ts';

export interface ChooseObjectParts {
  readonly contexts: Contexts;
  readonly prompts: Prompts;
  readonly log: Logger;
}

/** One object that something can be done to: of a context, a kind and, over all namespaces, by its name. Trouble is told. */
export async function chooseObject(
  { contexts, prompts, log }: ChooseObjectParts,
  { title, fits }: Pick<ObjectAction, 'title' | 'fits'>,
): Promise<{ readonly cluster: Cluster; readonly ref: ObjectRef } | undefined> {
  const cluster = await chooseCluster({ contexts, prompts, log });
  const kind = cluster && (await chooseKindOf({ prompts, log }, cluster, fits));
  const table = kind && (await cluster.table(kind, { limit: mostListed }));
  if (!kind || !table) return undefined;
  if (!table.ok) {
    await tell(table.failure, log);
    return undefined;
  }
  const choices = table.value.rows.map((row) => ({
    label: row.object.metadata.name,
    description: [row.object.metadata.namespace, ...shownCells(kind, table.value.columns, row)].filter(Boolean).join(' · '),
    value: row.object.metadata,
  }));
  const chosen = await prompts.pick(choices, { title: `${title} · ${kind.kind} · ${cluster.context.name}` });
  if (!chosen) return undefined;
  const { name, namespace } = chosen;
  const ref = { apiVersion: apiVersionOf(kind), kind: kind.kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return { cluster, ref };
}

/** More rows than this nobody reads through in a picker. */
const mostListed = 1000;

/** The name of one of the user's contexts; a single one is not asked for. */
export async function chooseContext({
  contexts,
  prompts,
}: Pick<ChooseObjectParts, 'contexts' | 'prompts'>): Promise<string | undefined> {
  const { contexts: all } = await contexts.list();
  const [only] = all;
  if (only && all.length === 1) return only.name;
  return prompts.pick(
    all.map(({ name, server = '' }) => ({ label: name, description: server, value: name })),
    { title: l10n.t('Which cluster?') },
  );
}

/** One of the user's contexts, opened. Trouble is told. */
export async function chooseCluster({ contexts, prompts, log }: ChooseObjectParts): Promise<Cluster | undefined> {
  const context = await chooseContext({ contexts, prompts });
  const cluster = context === undefined ? undefined : await contexts.open(context);
  if (cluster?.ok) return cluster.value;
  if (cluster) await tell(cluster.failure, log);
  return undefined;
}

/** One of the kinds that a cluster lists and that fit; a single one is not asked for. Trouble is told. */
export async function chooseKindOf(
  { prompts, log }: Pick<ChooseObjectParts, 'prompts' | 'log'>,
  cluster: Cluster,
  fits: (kind: ApiKind) => boolean,
): Promise<ApiKind | undefined> {
  const served = await cluster.kinds();
  if (!served.ok) {
    await tell(served.failure, log);
    return undefined;
  }
  const kinds = served.value.filter((one) => isBrowsable(one) && fits(one));
  const [only] = kinds;
  if (only && kinds.length === 1) return only;
  return prompts.pick(
    kinds.map((kind) => ({ label: kind.kind, description: kind.group || 'core', value: kind })),
    { title: l10n.t('Which kind?') },
  );
}

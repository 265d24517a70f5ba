import { commands, l10n } from 'vscode';
import { type Result, success } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { type ReleasePart, releaseParts } from '../explorer/helmNodes.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import {
  computedValues,
  helmSelector,
  helmStores,
  type Release,
  readRelease,
  releasesOf,
  type StoredRevision,
  storedRevision,
} from '../kubernetes/helmRelease.ts';
import { maskedObjects, maskSecrets, maskText, secretsOf } from '../kubernetes/helmSecrets.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { chooseContext } from './chooseObject.ts';

export interface ReleaseParts {
  readonly contexts: Contexts;
  readonly documents: Documents;
  readonly prompts: Prompts;
  readonly log: Logger;
}

type ReleaseSubject = Extract<Subject, { readonly of: 'release' }>;

/** Opens what a Helm release holds, what is likely a secret replaced by `***`; with `reveal`, as it is, after a yes. Both are documents in memory. */
export async function openRelease(parts: ReleaseParts, subject: Subject | undefined, reveal: boolean): Promise<void> {
  const chosen = subject?.of === 'release' ? subject : await chooseRelease(parts);
  if (!chosen) return;
  const { cluster, revision, part } = chosen;
  const title = `${revision.name} · ${l10n.t('revision {0}', revision.revision)}`;
  const yes = l10n.t('Reveal');
  const question = {
    message: l10n.t('Show {0} of {1} with its secrets?', releaseParts[part].label, title),
    detail: l10n.t('They stand on the screen as long as the document is open; nothing is written to disk.'),
    yes,
  };
  if (reveal && !(await parts.prompts.confirm(question))) return;
  const load = async () => {
    const release = await readRelease(cluster, revision);
    return release.ok ? releaseText(release.value, part, reveal) : `# ${release.failure.message}\n`;
  };
  const uri = parts.documents.provide(pathOf(chosen, part), load, reveal ? { side: 'revealed' } : {});
  await commands.executeCommand('vscode.open', uri, { preview: true, preserveFocus: subject !== undefined && !reveal });
}

/** The difference of a revision's manifest to that of the one before, secrets masked. */
export async function compareRelease(parts: ReleaseParts, subject: Subject | undefined): Promise<void> {
  const chosen = subject?.of === 'release' ? subject : await chooseRelease(parts, 'manifest');
  if (!chosen) return;
  const { cluster, revision, previous } = chosen;
  if (!previous) {
    await parts.prompts.offer(l10n.t('{0} has no earlier revision to compare with.', revision.name), []);
    return;
  }
  const [before, after] = await Promise.all([readRelease(cluster, previous), readRelease(cluster, revision)]);
  if (!before.ok) return tell(before.failure, parts.log);
  if (!after.ok) return tell(after.failure, parts.log);
  const both = (release: Release) =>
    `# ${l10n.t('values')}\n${releaseText(release, 'values', false)}---\n${releaseText(release, 'manifest', false)}`;
  const sides = [before.value, after.value].map((release, index) =>
    parts.documents.provide(pathOf(chosen, 'manifest'), () => both(release), { side: index === 0 ? 'before' : 'after' }),
  );
  const title = l10n.t('{0}: revision {1} ↔ {2}', revision.name, previous.revision, revision.revision);
  await commands.executeCommand('vscode.diff', ...sides, title);
}

/** A part of a release as text; unless it is revealed, without what is likely a secret. */
export function releaseText(release: Release, part: ReleasePart, reveal: boolean): string {
  const secrets = reveal ? [] : secretsOf(release);
  const values = (value: unknown) => toYaml(reveal ? value : maskSecrets(value, secrets));
  if (part === 'values') return values(release.config ?? {});
  if (part === 'computed') return values(computedValues(release));
  if (part === 'notes') return `${maskText(release.info?.notes ?? '', secrets).trim()}\n`;
  const { manifest = '' } = release;
  if (reveal) return manifest;
  const objects = maskedObjects(manifest, secrets);
  if (!objects) return `# ${l10n.t('This manifest cannot be read, so its secrets could not be hidden. Reveal it to see it.')}\n`;
  return objects.map(({ source, object }) => `${source}${source && '\n'}${toYaml(object)}`).join('---\n');
}

function pathOf({ cluster, revision }: ReleaseSubject, part: ReleasePart): string {
  const name = `${revision.name} ${releaseParts[part].label} ${revision.revision}`;
  return [cluster.context.name, revision.stored.namespace ?? '', `${name}.${part === 'notes' ? 'txt' : 'yaml'}`].join('/');
}

/** A release that is picked, at its latest revision, and the part of it; trouble is told. */
export async function chooseRelease(parts: ReleaseParts, only?: ReleasePart): Promise<ReleaseSubject | undefined> {
  const { contexts, prompts, log } = parts;
  const context = await chooseContext({ contexts, prompts });
  const cluster = context === undefined ? undefined : await contexts.open(context);
  if (!cluster?.ok) return undefined;
  const listed = await revisionsIn(cluster.value);
  if (!listed.ok) {
    await tell(listed.failure, log);
    return undefined;
  }
  const choices = releasesOf(listed.value).map(([first, second]) => ({
    label: first.name,
    description: [first.stored.namespace, first.status, l10n.t('revision {0}', first.revision)].join(' · '),
    value: { revision: first, ...(second ? { previous: second } : {}) },
  }));
  const chosen = await prompts.pick(choices, { title: l10n.t('Which Helm release?') });
  if (!chosen) return undefined;
  const shown = Object.entries(releaseParts).map(([part, { label, description }]) => ({
    label,
    description,
    value: part as ReleasePart,
  }));
  const part = only ?? (await prompts.pick(shown, { title: l10n.t('What of {0}?', chosen.revision.name) }));
  return part && { of: 'release', cluster: cluster.value, part, ...chosen };
}

/** All of a cluster, by their labels alone. */
async function revisionsIn(cluster: Cluster) {
  const revisions: StoredRevision[] = [];
  for (const store of helmStores) {
    const kind = await cluster.kind('v1', store);
    const table = kind.ok ? await cluster.table(kind.value, { labelSelector: helmSelector, include: 'Metadata' }) : kind;
    if (!table.ok) return table;
    revisions.push(...table.value.rows.flatMap(({ object }) => storedRevision(store, object.metadata) ?? []));
  }
  return { ok: true as const, value: revisions };
}

/** The revisions of the release that one belongs to, latest first. */
export async function revisionsOfRelease(cluster: Cluster, of: StoredRevision): Promise<Result<readonly StoredRevision[]>> {
  const listed = await revisionsIn(cluster);
  if (!listed.ok) return listed;
  const releases = releasesOf(listed.value);
  return success(releases.find(([one]) => one.name === of.name && one.stored.namespace === of.stored.namespace) ?? []);
}

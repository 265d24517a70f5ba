import { commands, l10n, type Uri } from 'vscode';
import { encryptedFiles } from '../deploy/handOver/encryptedFiles.ts';
import { type GitOrigin, gitOrigin } from '../deploy/handOver/gitOrigin.ts';
import { type Engine, engineName, handOver, type ManifestSource } from '../deploy/handOver/handOver.ts';
import { kustomizationOf } from '../deploy/handOver/kustomizationOf.ts';
import { onlyWritten } from '../deploy/removal/prune.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import { editorFiles, pathOf } from './editorFiles.ts';
import { type Planned, type PlanParts, planDeploy } from './planDeploy.ts';
import { writeFiles } from './writeFiles.ts';

export interface HandOverParts extends PlanParts {
  readonly documents: Documents;
}

/** A plan, and the repository it lies in. Trouble is told. */
export interface PlannedInRepository {
  readonly planned: Planned;
  readonly origin: GitOrigin;
  readonly places: readonly string[];
}

/** Writes what is deployed down for Flux or Argo CD: source asked for, files shown and asked about, the next step as a document. Nothing is sent to the cluster but dry runs. */
export async function handOverTo(parts: HandOverParts, engine: Engine, places: readonly Uri[]): Promise<void> {
  const found = await planInRepository(parts, places);
  if (!found) return;
  const { planned, origin } = found;
  const title = l10n.t('Hand Over to {0}', engineName(engine));
  const sources = planned.plan.steps.map(({ source }) => source.file);
  const rendered = await kustomizationOf(found.places, sources, origin.root, editorFiles);
  if (!rendered.ok) return tell(rendered.failure, parts.log);
  const source = await askSource(parts.prompts, title, origin);
  if (!source) return;
  const secret = await parts.prompts.text(
    l10n.t('{0}: Secret with which it reads the source (empty: none, it is public)', title),
    '',
    objectNameTrouble,
  );
  if (secret === undefined) return;
  const destination = engine === 'argo' ? await askDestination(parts.prompts, title, planned) : '';
  if (destination === undefined) return;
  const handed = handOver({
    engine,
    plan: planned.plan,
    written: planned.written,
    name: planned.name,
    root: origin.root,
    source,
    encrypted: await encryptedFiles(sources, editorFiles),
    ...(rendered.value === undefined ? {} : { kustomization: rendered.value }),
    ...(secret === '' ? {} : { secret }),
    ...(destination === '' ? {} : { destination }),
  });
  if (!handed.ok) return tell(handed.failure, parts.log);
  if (await writeFiles(parts, origin.root, title, handed.value.files))
    await showPage(parts.documents, `${title}: ${handed.value.set}`, handed.value.document);
}

/** The plan of the places and the repository that holds them; without one, there is nothing that an engine could read. */
export async function planInRepository(parts: PlanParts, places: readonly Uri[]): Promise<PlannedInRepository | undefined> {
  const paths = places.map(pathOf);
  const [first] = paths;
  const origin = first === undefined ? undefined : await gitOrigin(first, editorFiles);
  if (first !== undefined && !origin) {
    await parts.prompts.offer(
      l10n.t('{0} is in no Git repository, so nobody else could deploy it. Make one (git init) and add a remote first.', first),
      [],
      'error',
    );
    return undefined;
  }
  const planned = origin && (await planDeploy(parts, places));
  return planned && { planned: { ...planned, plan: onlyWritten(planned.plan) }, origin, places: paths };
}

/** Opens a page of ours beside. */
export async function showPage(documents: Documents, title: string, text: string): Promise<void> {
  await commands.executeCommand(
    'markdown.showPreview',
    documents.provide(`${title.replaceAll('/', '-')}.md`, () => text),
  );
}

async function askSource(
  prompts: Prompts,
  title: string,
  { url = '', branch = 'main' }: GitOrigin,
): Promise<ManifestSource | undefined> {
  const kind = await prompts.pick(
    [
      { label: l10n.t('Git repository'), description: url, value: 'git' as const },
      { label: l10n.t('OCI artifact'), description: l10n.t('the manifests pushed to a registry'), value: 'oci' as const },
    ],
    { title: l10n.t('{0}: where does it take the manifests from?', title) },
  );
  if (kind === undefined) return undefined;
  const asked = await prompts.text(
    l10n.t('{0}: URL', title),
    kind === 'git' ? url : 'oci://',
    kind === 'git' ? gitTrouble : ociTrouble,
  );
  if (!asked) return undefined;
  const version = await prompts.text(
    kind === 'git' ? l10n.t('{0}: branch', title) : l10n.t('{0}: tag', title),
    kind === 'git' ? branch : 'latest',
    wordTrouble,
  );
  if (!version) return undefined;
  return kind === 'git' ? { kind, url: asked, branch: version } : { kind, url: asked, tag: version };
}

/** Empty for the cluster that Argo CD runs on itself. */
async function askDestination(prompts: Prompts, title: string, { plan }: Planned): Promise<string | undefined> {
  return prompts.text(
    l10n.t('{0}: name under which it knows the cluster of {1} (empty: it runs on it)', title, plan.target.context),
    '',
    wordOrNothingTrouble,
  );
}

const gitTrouble = (text: string) =>
  /^(https?|ssh):\/\/\S+$/.test(text) && !/:\/\/[^/]*:[^/]*@/.test(text)
    ? undefined
    : l10n.t('https://… or ssh://…, without a password: that stands in a Secret');
const ociTrouble = (text: string) => (/^oci:\/\/[^\s/]+\/\S+$/.test(text) ? undefined : l10n.t('oci://REGISTRY/REPOSITORY'));
const wordTrouble = (text: string) => (/^\S+$/.test(text) ? undefined : l10n.t('one word'));
const wordOrNothingTrouble = (text: string) => (/^\S*$/.test(text) ? undefined : l10n.t('one word'));

/** What is wrong with the name of an object, if something is; an empty one is none. */
export const objectNameTrouble = (text: string) =>
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/.test(text) ? undefined : l10n.t('small letters, digits, - and .');

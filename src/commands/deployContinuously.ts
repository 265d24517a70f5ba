import { l10n, type Uri } from 'vscode';
import { type ContinuousRequest, continuous, type Runner } from '../deploy/continuous/continuous.ts';
import { encryptedFiles } from '../deploy/handOver/encryptedFiles.ts';
import { tell } from '../host/tell.ts';
import { editorFiles } from './editorFiles.ts';
import { type HandOverParts, objectNameTrouble, planInRepository, showPage } from './handOver.ts';
import type { Planned } from './planDeploy.ts';
import { writeFiles } from './writeFiles.ts';

/** Writes down how a deploy runs when nobody has an editor open: a job of GitHub or GitLab, or a CronJob; the files shown and asked about, what must exist as a document. */
export async function deployContinuously(parts: HandOverParts, places: readonly Uri[]): Promise<void> {
  const title = l10n.t('Deploy Continuously');
  const runner = await parts.prompts.pick<Runner>(
    [
      {
        label: l10n.t('GitHub Actions'),
        description: l10n.t('a plan for each pull request, an apply for each push'),
        value: 'github',
      },
      {
        label: l10n.t('GitLab CI'),
        description: l10n.t('a plan for each merge request, an apply for each push'),
        value: 'gitlab',
      },
      { label: l10n.t('CronJob in the cluster'), description: l10n.t('an apply every five minutes'), value: 'cronJob' },
    ],
    { title: l10n.t('{0}: what runs it?', title) },
  );
  const found = runner && (await planInRepository(parts, places));
  if (!found) return;
  const { planned, origin } = found;
  const more = runner === 'cronJob' ? await askCronJob(parts, title, planned, origin.url ?? '') : {};
  if (!more) return;
  const made = continuous({
    runner,
    plan: planned.plan,
    name: planned.name,
    root: origin.root,
    places: found.places,
    url: origin.url ?? '',
    branch: origin.branch ?? 'main',
    encrypted: await encryptedFiles(
      planned.plan.steps.map(({ source }) => source.file),
      editorFiles,
    ),
    ...more,
  });
  if (!made.ok) return tell(made.failure, parts.log);
  if (await writeFiles(parts, origin.root, title, made.value.files))
    await showPage(parts.documents, `${title}: ${planned.name}`, made.value.document);
}

/** What only the cluster needs to know; undefined when dismissed, or when its kinds cannot be read, which is told. */
async function askCronJob(
  { prompts, log }: HandOverParts,
  title: string,
  { cluster, plan }: Planned,
  known: string,
): Promise<Partial<ContinuousRequest> | undefined> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) {
    await tell(kinds.failure, log);
    return undefined;
  }
  const required = (text: string) => (/^\S+$/.test(text) ? undefined : l10n.t('one word'));
  const url = await prompts.text(l10n.t('{0}: URL of the repository', title), known, required);
  if (!url) return undefined;
  const image = await prompts.text(
    l10n.t('{0}: image with Node and this extension (you build it; a Dockerfile is written)', title),
    'registry.example/hybrid-clusters:latest',
    required,
  );
  if (!image) return undefined;
  const gitSecret = await prompts.text(
    l10n.t('{0}: Secret to clone with (empty: none, it is public)', title),
    '',
    objectNameTrouble,
  );
  if (gitSecret === undefined) return undefined;
  const { cloud } = plan.target;
  const cloudsSecret =
    cloud === undefined
      ? ''
      : await prompts.text(
          l10n.t('{0}: Secret with the key clouds.yaml for {1}', title, cloud),
          `${cloud}-clouds`,
          objectNameTrouble,
        );
  if (cloudsSecret === undefined) return undefined;
  return {
    kinds: kinds.value,
    url,
    image,
    ...(gitSecret === '' ? {} : { gitSecret }),
    ...(cloudsSecret === '' ? {} : { cloudsSecret }),
  };
}

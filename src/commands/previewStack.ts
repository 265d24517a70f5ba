import { commands, l10n } from 'vscode';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import type { Secrets } from '../host/secrets.ts';
import { tell } from '../host/tell.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { creationOf } from '../openstack/creations/creations.ts';
import { nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import type { Project } from '../openstack/project.ts';
import { previewed, previewOfNew, previewOfUpdate, updateFields } from '../openstack/stackPreview.ts';
import { askFields } from './askFields.ts';
import { type ChooseParts, chooseProject, placeName, resourceChoices } from './chooseResource.ts';

export interface PreviewParts extends ChooseParts {
  readonly documents: Documents;
  readonly secrets: Secrets;
}

const kind = 'orchestration.stack';

/** What is looked at: a stack that is there, or a new one. */
interface Looked {
  readonly project: Project;
  readonly stack: Resource | undefined;
}

/** Shows what a template would make of a stack, or in a new one, as a document. Nothing is changed. */
export async function previewStack(parts: PreviewParts, subject: Subject | undefined): Promise<void> {
  const looked = lookedAt(subject) ?? (await chooseLooked(parts));
  if (!looked) return;
  const { project, stack } = looked;
  const name = stack && nameOf(kind, stack);
  const title = stack ? l10n.t('Preview an update of {0}', name ?? '') : l10n.t('Preview a new stack in {0}', placeName(project));
  const fields = stack ? updateFields : (creationOf(kind)?.fields ?? []);
  const answers = await askFields(parts, { fields, title, project, ...(stack && { about: stack }) });
  if (!answers) return;
  const change = stack ? previewOfUpdate(answers) : previewOfNew(answers);
  const doing = stack ? `preview the update of stack ${name}` : 'preview a stack';
  const answer = await parts.secrets.asking(project.cloud, () => project.ask(kind, stack ?? {}, change, doing));
  if (!answer.ok) return tell(answer.failure, parts.log);
  const shown = previewed(answer.value);
  if (!shown) {
    const message = l10n.t('The orchestration service of cloud {0} answered with something that is no preview.', project.cloud);
    return tell({ reason: 'malformed', message }, parts.log);
  }
  const told = name ?? answers['stack_name'] ?? '';
  const heading = stack
    ? l10n.t('What this template would change in stack {0} of {1}. Nothing was changed.', told, placeName(project))
    : l10n.t('What a stack {0} of this template would consist of in {1}. Nothing was made.', told, placeName(project));
  const nothing = Object.keys(shown).length === 0 ? `# ${l10n.t('No resource.')}\n` : toYaml(shown);
  const path = `${project.cloud}/${project.name}/${told} (preview).yaml`;
  await commands.executeCommand(
    'vscode.open',
    parts.documents.provide(path, async () => `# ${heading}\n${nothing}`),
  );
}

function lookedAt(subject: Subject | undefined): Looked | undefined {
  if (subject?.of === 'kind' && subject.kind === kind) return { project: subject.project, stack: undefined };
  return subject?.of === 'resource' && subject.kind === kind ? { project: subject.project, stack: subject.resource } : undefined;
}

async function chooseLooked(parts: PreviewParts): Promise<Looked | undefined> {
  const project = await chooseProject(parts);
  const stacks = project && (await resourceChoices(parts, project, kind));
  if (!project || !stacks) return undefined;
  const fresh = { label: `$(add) ${l10n.t('A new stack')}`, value: undefined };
  const choices = [fresh, ...stacks].map((choice) => ({ ...choice, value: { project, stack: choice.value } }));
  return parts.prompts.pick(choices, { title: l10n.t('Preview which stack of {0}?', placeName(project)), matchOnDetail: true });
}

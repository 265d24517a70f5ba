import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { l10n, window } from 'vscode';
import { fileSource } from '../base/fileSource.ts';
import { saveFile } from '../base/savedFile.ts';
import { resourceKey } from '../explorer/keys.ts';
import type { Subject } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import { textAt } from '../openstack/columns.ts';
import { type DiskFormat, diskFormatOf, diskFormats, downloadImage, formatBytes, uploadImage } from '../openstack/imageFile.ts';
import type { Project } from '../openstack/project.ts';
import type { ActTarget } from './actTarget.ts';
import { type ChooseParts, chooseProject, placeName } from './chooseResource.ts';
import { type ProtectionParts, refusesWrites } from './readOnly.ts';
import { type RevealParts, reveal } from './reveal.ts';
import { tellOutcome, withTransfer } from './transferProgress.ts';

export interface ImageParts extends ChooseParts, ProtectionParts, RevealParts {}

/** Makes an image of a file: asks for file, name and format, the latter as the file's first bytes show it. */
export async function uploadImageFile(parts: ImageParts, subject: Subject | undefined): Promise<void> {
  const project = subject?.of === 'kind' ? subject.project : await chooseProject(parts);
  if (!project || (await refusesWrites(parts, project))) return;
  const [path] = await parts.prompts.paths(
    l10n.t('Upload an image to {0}', placeName(project)),
    'files',
    l10n.t('Upload'),
    'one',
  );
  const source = path === undefined ? undefined : await fileSource(path);
  if (!source || path === undefined) return;
  if (!source.ok) return tell(source.failure, parts.log);
  const check = (text: string) => (text.trim() === '' ? l10n.t('A name is needed.') : undefined);
  const name = await parts.prompts.text(l10n.t('Name of the image'), basename(path, extname(path)), check);
  const diskFormat = name === undefined ? undefined : await chooseFormat(parts, diskFormatOf(await headOf(path)));
  if (name === undefined || diskFormat === undefined) return;
  const title = l10n.t('Upload image {0}', name.trim());
  const image = await withTransfer(title, source.value.size, (following) =>
    uploadImage(project, { name: name.trim(), diskFormat }, source.value, following),
  );
  await tellOutcome(parts, title, image.ok ? { done: 1, failures: [] } : { done: 0, failures: [image.failure] });
  if (!image.ok) return;
  parts.log.info(`${title} · ${placeName(project)} · ${source.value.size} bytes, ${diskFormat}`);
  await reveal(parts, keyOf(project, textAt(image.value, 'id') ?? ''));
}

/** Saves an image's bytes to a file. */
export async function downloadImageFile(parts: ChooseParts, { project, resource }: ActTarget): Promise<void> {
  const name = textAt(resource, 'name') ?? textAt(resource, 'id') ?? 'image';
  const format = textAt(resource, 'disk_format') ?? 'raw';
  const title = l10n.t('Download image {0}', name);
  const ending = extname(name) === `.${format}` ? '' : `.${format}`;
  const file = await parts.prompts.saveAs(title, `${name.replaceAll(/[/\\:]/g, '-')}${ending}`);
  if (!file) return;
  const saved = await withTransfer(title, Number(resource['size'] ?? 0), (following) =>
    saveFile(file, (sink) => downloadImage(project, resource, sink, following)),
  );
  if (!saved.ok) return tell(saved.failure, parts.log);
  window.setStatusBarMessage(l10n.t('$(check) Saved {0}', file), 8000);
}

async function chooseFormat({ prompts }: ImageParts, shown: DiskFormat): Promise<DiskFormat | undefined> {
  const others = diskFormats.filter((format) => format !== shown);
  const choices = [shown, ...others].map((value) => ({
    label: value,
    description: value === shown ? l10n.t('as the file shows') : '',
    value,
  }));
  return await prompts.pick(choices, { title: l10n.t('Which disk format has it?') });
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(formatBytes), 0, formatBytes, 0);
  return buffer.subarray(0, bytesRead);
}

const keyOf = ({ cloud, region, id: project }: Project, id: string) =>
  resourceKey({ cloud, region, project, kind: 'image.image', id });

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationTarget, l10n, SnippetString, Uri, window, workspace } from 'vscode';
import type { Choice, Prompts } from '../host/prompts.ts';

/** One of the two kinds of files of the user that are read. */
export interface UserFile {
  /** How it is called: `clouds.yaml`. */
  readonly name: string;
  /** Where one stands by convention, from the home directory. */
  readonly usual: readonly string[];
  /** Setting that names further files. */
  readonly setting: 'clouds.files' | 'kubeconfig.files';
  /** What a first entry looks like, as a snippet. */
  readonly snippet: string;
}

export const cloudsFile: UserFile = {
  name: 'clouds.yaml',
  usual: ['.config', 'openstack', 'clouds.yaml'],
  setting: 'clouds.files',
  snippet: [
    'clouds:',
    '  ${1:mycloud}:',
    '    auth:',
    '      auth_url: ${2:https://keystone.example:5000/v3}',
    '      username: ${3:alice}',
    '      project_name: ${4:demo}',
    '      user_domain_name: ${5:Default}',
    '      project_domain_name: ${6:Default}',
    '    region_name: ${7:RegionOne}',
    '',
  ].join('\n'),
};

export const kubeconfigFile: UserFile = {
  name: 'kubeconfig',
  usual: ['.kube', 'config'],
  setting: 'kubeconfig.files',
  snippet: [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '  - name: ${1:mycluster}',
    '    cluster:',
    '      server: ${2:https://api.example:6443}',
    '      certificate-authority: ${3:ca.crt}',
    'users:',
    '  - name: ${4:alice}',
    '    user:',
    '      client-certificate: ${5:alice.crt}',
    '      client-key: ${6:alice.key}',
    'contexts:',
    '  - name: ${7:mycontext}',
    '    context:',
    '      cluster: $1',
    '      user: $4',
    'current-context: $7',
    '',
  ].join('\n'),
};

/**
 * Adds an entry by the user's own hand: opens a file that is read already, begins the usual one as unsaved text, or adds another file to the setting. We write none of them.
 * `read` are the absolute paths read now, `others` further ways.
 */
export async function addFile(
  file: UserFile,
  read: readonly string[],
  prompts: Prompts,
  others: readonly Choice<() => Promise<unknown>>[] = [],
): Promise<void> {
  const usual = join(homedir(), ...file.usual);
  const choices: Choice<() => Promise<unknown>>[] = [
    ...read.map((path) => ({
      label: `$(go-to-file) ${l10n.t('Open {0}', path)}`,
      value: async () => window.showTextDocument(Uri.file(path)),
    })),
    ...(existsSync(usual)
      ? []
      : [
          {
            label: `$(new-file) ${l10n.t('Begin {0}', usual)}`,
            detail: l10n.t('Opens unsaved; saving it is up to you.'),
            value: () => begin(usual, file),
          },
        ]),
    {
      label: `$(folder-opened) ${l10n.t('Add another file…')}`,
      detail: l10n.t('Remembers its path in the setting hybridClusters.{0}; the file itself stays as it is.', file.setting),
      value: () => remember(file),
    },
    ...others,
  ];
  await (await prompts.pick(choices, { title: l10n.t('Where is the {0}?', file.name) }))?.();
}

async function begin(path: string, { snippet }: UserFile): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(path).with({ scheme: 'untitled' }));
  const editor = await window.showTextDocument(document);
  await editor.insertSnippet(new SnippetString(snippet));
}

async function remember({ setting, name }: UserFile): Promise<void> {
  const chosen = await window.showOpenDialog({ title: l10n.t('Add a {0}', name), canSelectMany: true });
  if (chosen)
    await addToSetting(
      setting,
      chosen.map(({ fsPath }) => fsPath),
    );
}

/** Names further files in a setting of the user. */
export async function addToSetting(setting: UserFile['setting'], paths: readonly string[]): Promise<void> {
  const configuration = workspace.getConfiguration('hybridClusters');
  const known = configuration.get<readonly string[]>(setting, []);
  await configuration.update(setting, [...new Set([...known, ...paths])], ConfigurationTarget.Global);
}

/** Each file once. */
export const filesOf = (files: readonly (string | undefined)[]) => [...new Set(files.filter((file) => file !== undefined))];

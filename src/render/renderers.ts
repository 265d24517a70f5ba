import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { failed, type Result } from '../base/failure.ts';
import { type Call, runFirst } from './program.ts';

/** What a kustomization became. Paths in its origins count from `from`. */
export interface Kustomized {
  readonly text: string;
  readonly from: string;
}

/** Values for a chart: the path of a file, or a text that stands in another. */
export type HelmValues = string | { readonly text: string };

/** The programs that render; a test hands over what they printed. Fails with `notFound` when the program is not there, `unsupported` for what is run only if more is allowed, `invalid` with its own words when it refuses. */
export interface Renderers {
  /** A folder with a kustomization. Each object carries `config.kubernetes.io/origin`, where that can be had. */
  kustomize(folder: string, signal?: AbortSignal): Promise<Result<Kustomized>>;
  /** A folder with a chart, and values files in the order they count. Each document says in a comment which template it is of. */
  helm(folder: string, name: string, values: readonly HelmValues[], signal?: AbortSignal): Promise<Result<string>>;
  /** Manifests as a kustomization changes them: `changes` are fields of it that name no files. */
  patch(manifests: string, changes: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Result<string>>;
}

/** What Kustomize says of plugins and charts, which it runs only if it is told to (`--enable-helm`, `--enable-alpha-plugins`): whoever applies this tells it. */
const wantsMore = /--enable-|external plugins disabled/;

const kustomize: readonly Call[] = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
];

/**
 * The user's own programs: `kustomize`, else `kubectl kustomize`; `helm template`. Only for folders that the user trusts. They are not told of any cluster and load nothing from elsewhere:
 * Helm is not asked to update dependencies, kustomizations with remote parts are not handed over. Kustomize says where objects come from if the outermost kustomization wants it (`buildMetadata`), so
 * one is put around the user's in a folder of its own.
 */
export const installedRenderers: Renderers = {
  kustomize: (folder, signal) =>
    inFolder(async (own) => {
      const around = join(own, 'around');
      await mkdir(around);
      const real = await realpath(folder).catch(() => resolve(folder));
      const resources = JSON.stringify([relative(around, real).replaceAll('\\', '/')]);
      await writeFile(join(around, 'kustomization.yaml'), `resources: ${resources}\nbuildMetadata: [originAnnotations]\n`);
      const ended = await runFirst(kustomize, [around], own, signal);
      if (ended.ok) return { ok: true, value: { text: ended.value, from: around } };
      if (ended.failure.reason !== 'invalid') return ended;
      // What is wrong is told in words that know nothing of ours; and what is wrong may be ours alone, such as a folder on another drive.
      const plainly = await runFirst(kustomize, [real], own, signal);
      if (plainly.ok) return { ok: true, value: { text: plainly.value, from: real } };
      const { reason, message } = plainly.failure;
      return failed(wantsMore.test(message) ? 'unsupported' : reason, message.replaceAll(`${real}/`, ''));
    }),
  helm: (folder, name, values, signal) =>
    inFolder(async (own) => {
      const files = (await valuesFiles(values, own)).flatMap((file) => ['--values', file]);
      return await runFirst([['helm', 'template']], [name, resolve(folder), ...files], own, signal);
    }),
  patch: (manifests, changes, signal) =>
    inFolder(async (own) => {
      await writeFile(join(own, 'manifests.yaml'), manifests);
      await writeFile(join(own, 'kustomization.yaml'), JSON.stringify({ ...changes, resources: ['manifests.yaml'] }));
      return await runFirst(kustomize, [own], own, signal);
    }),
};

/** What a chart is rendered for, when it is to be applied. */
export interface Release {
  readonly namespace: string;
  /** Version and group-versions of the cluster, for charts that look at them. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  /** All values of the values files as one text, where some of them had to be decrypted: handed over in memory. Undefined where Helm reads the files itself. */
  readonly valuesText: (files: readonly string[], signal?: AbortSignal) => Promise<Result<string | undefined>>;
}

/** The same programs for what is to be applied: charts with their definitions (`crds/`), for the namespace and the cluster they go to. Source: `helm template --help`. */
export function releaseRenderers({ namespace, kubeVersion, apiVersions = [], valuesText }: Release): Renderers {
  const target = [
    ...['--namespace', namespace, '--include-crds'],
    ...(kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]),
    ...apiVersions.flatMap((one) => ['--api-versions', one]),
  ];
  return {
    ...installedRenderers,
    helm: async (folder, name, values, signal) => {
      const text = await valuesText(
        values.filter((one) => typeof one === 'string'),
        signal,
      );
      if (!text.ok) return text;
      const input = text.value;
      return inFolder(async (own) => {
        const read = input === undefined ? values : values.filter((one) => typeof one !== 'string');
        const files = [...(input === undefined ? [] : ['-']), ...(await valuesFiles(read, own))];
        const args = [name, resolve(folder), ...target, ...files.flatMap((file) => ['--values', file])];
        return await runFirst([['helm', 'template']], args, own, signal, input === undefined ? {} : { input });
      });
    },
  };
}

/** Paths of all values: a text becomes a file in `own`. */
async function valuesFiles(values: readonly HelmValues[], own: string): Promise<string[]> {
  const write = async (text: string, index: number) => {
    const file = join(own, `values-${index}.yaml`);
    await writeFile(file, text);
    return file;
  };
  return await Promise.all(values.map((one, index) => (typeof one === 'string' ? resolve(one) : write(one.text, index))));
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'hybrid-clusters-render-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { toYaml } from '../../manifest/toYaml.ts';
import type { FileToWrite, HandedSet } from './handOver.ts';

/** Where Argo CD keeps its own objects when it was installed as its documentation says. */
export const ARGO_NAMESPACE = 'argocd';

/**
 * An Application for the target: exactly the files of the plan, applied by server-side apply, healed, nothing pruned. It lies in a folder whose name begins with a dot, which a deploy of the workspace
 * passes over. Sources: Argo CD, "Application Specification Reference", "Directory", "Sync Options", "Automated Sync Policy".
 */
export function argoFiles({ request, set, stages, below, namespace, rendered }: HandedSet): readonly FileToWrite[] {
  const { plan, source, destination } = request;
  const context = plan.target.context.replaceAll(/[^\w.-]+/g, '-');
  const files = stages.flatMap((stage) => stage.files).map(below);
  const folder = commonFolder(files);
  const inFolder = files.map((file) => escaped(folder === '.' ? file : file.slice(folder.length + 1)));
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: argoName(set, plan.target.context), namespace: ARGO_NAMESPACE },
    spec: {
      project: 'default',
      source: {
        repoURL: source.url,
        targetRevision: source.kind === 'git' ? source.branch : source.tag,
        ...(rendered === undefined
          ? {
              path: folder,
              directory: { recurse: true, include: inFolder.length === 1 ? inFolder[0] : `{${inFolder.join(',')}}` },
            }
          : { path: rendered }),
      },
      destination: {
        ...(destination === undefined ? { server: 'https://kubernetes.default.svc' } : { name: destination }),
        namespace: namespace ?? plan.target.namespace,
      },
      syncPolicy: {
        automated: { prune: false, selfHeal: true },
        syncOptions: ['ServerSideApply=true'],
        retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
      },
    },
  };
  return [{ path: `.argocd/${context}/${set}.yaml`, text: toYaml(application) }];
}

/** The Application's name: all targets may share one Argo CD. */
export function argoName(set: string, context: string): string {
  const target = context.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  return `${set}-${target}`.slice(0, 63).replaceAll(/^-+|-+$/g, '');
}

/** The folder that all files lie below; `.` for the root. */
function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => file.split('/').slice(0, -1));
  const [first = []] = folders;
  const length = first.findIndex((name, index) => folders.some((other) => other[index] !== name));
  return (length < 0 ? first : first.slice(0, length)).join('/') || '.';
}

/** Characters that a glob would take for itself. */
const escaped = (path: string) => path.replaceAll(/[*?[\]{},\\]/g, '\\$&');

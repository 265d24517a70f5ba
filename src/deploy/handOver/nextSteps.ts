import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';
import { targetName } from '../plan/planText.ts';
import { worksAtOnce } from '../readiness/readiness.ts';
import type { Step } from '../types.ts';
import { ARGO_NAMESPACE, argoName } from './argo.ts';
import { FLUX_NAMESPACE, SOPS_SECRET } from './flux.ts';
import { type Engine, engineName, type FileToWrite, type HandedSet, plainSecrets } from './handOver.ts';

/** The document beside a hand-over (Markdown): what to do next, in order, and what the engine does otherwise than we do. Holds names only. */
export function nextSteps(handed: HandedSet, files: readonly FileToWrite[]): string {
  const { request, set } = handed;
  const { engine, plan, source } = request;
  const name = engineName(engine);
  const [own] = files;
  const numbered = [
    ...warnings(handed),
    `**Push.** Commit ${files.length === 1 ? 'the file' : 'the files'} below and the manifests, and push them to \`${source.url}\` (${source.kind === 'git' ? `branch \`${source.branch}\`` : `tag \`${source.tag}\`${pushCommand(engine, source)}`}). Until then ${name} finds nothing.\n\n${files.map(({ path }) => `   - \`${path}\``).join('\n')}`,
    ready[engine](handed),
    `**Start it.** \`kubectl --context ${handed.request.destination === undefined ? plan.target.context : 'CONTEXT-OF-ARGO-CD'} apply --server-side -f ${own?.path ?? ''}\`, or choose the file in the Explorer and **Apply Deploy**.`,
    `**Wait until it works.** \`${watch[engine](handed)}\`, or look at it in the *Clusters* view. It takes over what is there: nothing is made anew.`,
    `**Let go.** Then run **Hybrid Clusters: Release Ownership…** on the same folder: our fields and labels leave the objects, so that ${name} alone decides. Before that, a field taken out of the manifests stays, because it is ours, too.`,
  ];
  return `# ${set} on ${targetName(plan.target)}: hand over to ${name}

${numbered.map((step, index) => `${index + 1}. ${step}`).join('\n')}

From the first sync on **Apply Deploy** plans these objects and does not apply them: it would fight ${name}. Deploy by a push.

## Other than with us

${differences(handed)
  .map((line) => `- ${line}`)
  .join('\n')}

## Back

${back[engine](handed)} Then take the label or annotation of ${name} off the objects, and **Apply Deploy** may deploy them again.
`;
}

const ready: Readonly<Record<Engine, (handed: HandedSet) => string>> = {
  flux: ({ request: { plan, secret, encrypted } }) =>
    `**Flux must be there**: \`flux --context ${plan.target.context} check\`.${secretLine(secret, FLUX_NAMESPACE, 'Flux', '(`flux create secret git` or `oci` makes one)')}${(encrypted?.size ?? 0) > 0 ? sopsLine : ''}`,
  argo: ({ request: { secret, destination } }) =>
    `**Argo CD must be there**, in namespace \`${ARGO_NAMESPACE}\`${destination === undefined ? ' of this cluster' : `, and must know the cluster as \`${destination}\` (\`argocd cluster list\`)`}.${secretLine(secret, ARGO_NAMESPACE, 'Argo CD', '(label `argocd.argoproj.io/secret-type: repository`)')}`,
};

const sopsLine = ` What SOPS has encrypted it reads with the Secret \`${SOPS_SECRET}\` in namespace \`${FLUX_NAMESPACE}\`, which must hold the key.`;

const secretLine = (secret: string | undefined, namespace: string, engine: string, how: string) =>
  secret === undefined
    ? ` ${engine} reads the source without credentials: a private one needs a Secret.`
    : ` ${engine} reads the source with the Secret \`${secret}\` in namespace \`${namespace}\`, which must exist ${how}.`;

const watch: Readonly<Record<Engine, (handed: HandedSet) => string>> = {
  flux: ({ request: { plan } }) => `flux --context ${plan.target.context} get kustomizations --watch`,
  argo: ({ request: { plan }, set }) => `argocd app wait ${argoName(set, plan.target.context)}`,
};

const back: Readonly<Record<Engine, (handed: HandedSet) => string>> = {
  flux: ({ request: { plan } }) =>
    `\`flux --context ${plan.target.context} suspend kustomization …\` holds it; deleted, it leaves the objects where they are as long as \`prune\` is \`false\`.`,
  argo: ({ request: { plan }, set }) =>
    `\`argocd app delete ${argoName(set, plan.target.context)} --cascade=false\` leaves the objects where they are.`,
};

function pushCommand(engine: Engine, { url, tag }: { readonly url: string; readonly tag: string }): string {
  return engine === 'flux'
    ? `, by \`flux push artifact ${url}:${tag} --path=. --source=… --revision=…\``
    : '; Argo CD reads manifests from a registry since 3.1';
}

function warnings({ request, below }: HandedSet): readonly string[] {
  const secrets = plainSecrets(request);
  if (secrets.length === 0) return [];
  const places = secrets.map(({ ref, source }) => `\`${ref.name}\` (${below(source.file)}:${source.line})`);
  return [
    `**First: Secrets in plain text.** ${places.join(', ')} would lie readable in the repository. Encrypt them (SOPS, Sealed Secrets) or take them out before you push.`,
  ];
}

function differences({ request: { engine, plan }, stages, below, rendered }: HandedSet): readonly string[] {
  const name = engineName(engine);
  const kinds = new Set(plan.steps.map(({ ref }) => groupKind(ref)));
  const balancers = plan.steps.filter(({ object, ref }) => groupKind(ref) === '/Service' && !worksAtOnce(object));
  return [
    'Nothing is pruned (`prune: false`): what leaves the manifests stays in the cluster. Set it to `true` once you have seen what that would delete, volumes and load balancers of the cloud among it.',
    ...(rendered === undefined
      ? []
      : [`${name} renders \`${rendered}\` with its own kustomize: its version may be another than yours.`]),
    ...(engine === 'flux' ? fluxOrder(stages.length) : argoOrder(stages, below)),
    ...(engine === 'flux' && balancers.length > 0
      ? [
          `Flux calls a Service of type LoadBalancer ready before Octavia has made one: ${balancers.map(({ ref }) => `\`${ref.name}\``).join(', ')}.`,
        ]
      : []),
    ...(kinds.has('autoscaling/HorizontalPodAutoscaler') && scaled(plan.steps).length > 0
      ? [
          `An autoscaler sets the replicas of ${scaled(plan.steps)
            .map((one) => `\`${one}\``)
            .join(
              ', ',
            )}: take \`spec.replicas\` out of the manifest, or ${name} resets it with every sync. (We leave it out by ourselves.)`,
        ]
      : []),
    ...(plan.steps.some(({ ref }) => groupOf(ref.apiVersion) === 'openstack.k-orc.cloud') && engine === 'argo'
      ? [
          'Argo CD has no health check for objects of openstack-resource-controller: they count as healthy as soon as they exist. Add one to `resource.customizations` of `argocd-cm`.',
        ]
      : []),
    'References to resources of the cloud (networks, flavors, images, volume types) are no longer checked before a sync: run `hybrid-clusters check` in CI (**Deploy Continuously…** writes such a job).',
  ];
}

function fluxOrder(stages: number): readonly string[] {
  return stages === 1
    ? ['The order: one Kustomization, within which Flux orders by kind.']
    : [
        `The order: ${stages} Kustomizations, each waits until the one before works (\`dependsOn\`). With us branches that do not need each other run ahead.`,
      ];
}

function argoOrder(stages: HandedSet['stages'], below: HandedSet['below']): readonly string[] {
  if (stages.length === 1) return ['The order: Argo CD orders by kind, and tries again what came too early.'];
  const waves = stages.map(({ files }, index) => `wave ${index}: ${files.map((file) => `\`${below(file)}\``).join(', ')}`);
  return [
    `The order: Argo CD orders by kind, and tries again what came too early. To have it wait as we do, annotate the objects with \`argocd.argoproj.io/sync-wave\`: ${waves.join('; ')}. Kinds that the same sync defines want \`argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true\`.`,
  ];
}

/** Workloads of the plan that one of its autoscalers drives. */
function scaled(steps: readonly Step[]): readonly string[] {
  const targets = steps.flatMap(({ ref, object }) => {
    const target = (object['spec'] as { scaleTargetRef?: { kind?: string; name?: string } } | undefined)?.scaleTargetRef;
    return groupKind(ref) === 'autoscaling/HorizontalPodAutoscaler' && target?.name ? [`${target.kind} ${target.name}`] : [];
  });
  return steps.flatMap(({ ref }) => (targets.includes(`${ref.kind} ${ref.name}`) ? [`${ref.name}`] : []));
}

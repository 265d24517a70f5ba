import { posix } from 'node:path';
import { toYaml } from '../../manifest/toYaml.ts';
import type { FileToWrite } from '../handOver/handOver.ts';
import type { ContinuousSet } from './continuous.ts';
import { type Rule, rightsOf } from './rights.ts';

/** What the image must hold; the Dockerfile that is written beside makes one. */
export const PROGRAM_IN_IMAGE = '/opt/hybrid-clusters/extension/dist/cli.js';

const OWN_RIGHTS = '/var/run/secrets/kubernetes.io/serviceaccount';
const DOCKERFILE = `# Hybrid Clusters without an editor: put hybrid-clusters.vsix beside this file, then  docker build -t IMAGE .
FROM node:24-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git openssh-client unzip && rm -rf /var/lib/apt/lists/*
COPY hybrid-clusters.vsix /tmp/
RUN unzip -q /tmp/hybrid-clusters.vsix -d /opt/hybrid-clusters && rm /tmp/hybrid-clusters.vsix
USER 1000:1000
`;

/**
 * A CronJob that clones the branch and applies it every five minutes, as a ServiceAccount that may do what this plan needs. The context in its kubeconfig has the name of the target's, so that protection and
 * bindings mean the same. Source: Kubernetes, "CronJob", "Accessing the Kubernetes API from a Pod".
 */
export function cronJobFiles(given: ContinuousSet): readonly FileToWrite[] {
  const { request, set } = given;
  const { context } = request.plan.target;
  const name = nameOf(given);
  const objects = [serviceAccount(given), ...roles(given), kubeconfig(given), cronJob(given)];
  const text = objects.map(toYaml).join('---\n');
  return [
    {
      path: `.hybrid-clusters/${context.replaceAll(/[^\w.-]+/g, '-')}/${set}-cronjob.yaml`,
      text: `# ${name}: applies ${set} every five minutes. Its rights are those of the plan it was written for.\n${text}`,
    },
    { path: '.hybrid-clusters/Dockerfile', text: DOCKERFILE },
  ];
}

export function cronJobSteps(given: ContinuousSet): readonly string[] {
  const { request } = given;
  const { plan, image, cloudsSecret, gitSecret, url } = request;
  const { context, namespace, cloud } = plan.target;
  const [own] = cronJobFiles(given);
  return [
    `The image \`${image}\`, where the cluster can pull it: Node 20 or later, git, and this extension's package unpacked below \`/opt/hybrid-clusters\`. Nobody publishes one: build it with \`.hybrid-clusters/Dockerfile\` and the \`.vsix\`, and push it.`,
    ...(cloud === undefined || cloudsSecret === undefined
      ? []
      : [
          `A Secret \`${cloudsSecret}\` in namespace \`${namespace}\` with the key \`clouds.yaml\` that names the cloud \`${cloud}\`, best with an application credential of the role \`reader\`: \`kubectl --context ${context} -n ${namespace} create secret generic ${cloudsSecret} --from-file=clouds.yaml\`.`,
        ]),
    gitSecret === undefined
      ? `\`${url}\` is cloned without credentials.`
      : `A Secret \`${gitSecret}\` in namespace \`${namespace}\` with ${url.startsWith('ssh:') ? 'the keys `identity` and `known_hosts`' : 'the key `.git-credentials` (a line `https://USER:TOKEN@HOST`)'} to clone \`${url}\`.`,
    ...(plan.steps.some(({ ref, action }) => ref.kind === 'Namespace' && ref.name === namespace && action === 'create')
      ? [`Namespace \`${namespace}\`: it is not there yet. Deploy once by hand; from then on the CronJob does it.`]
      : []),
    `Somebody who may give these rights applies it: \`kubectl --context ${context} apply --server-side -f ${own?.path ?? ''}\`. Its rights fit this plan: when a kind or namespace is added, write the file anew.`,
    ...(plan.steps.some(({ ref }) => ref.apiVersion.startsWith('rbac.authorization.k8s.io/'))
      ? [
          'The plan gives rights itself (Roles, bindings). Kubernetes lets the ServiceAccount do so only if it has those rights: add them to its Role.',
        ]
      : []),
  ];
}

/** Where the repository is cloned to. */
const CHECKOUT = '/work/repository';

/** What the command line calls a run of no set: the folder or file that is named first, see `cli.ts`. */
const runName = ({ paths: [path = '.'] }: ContinuousSet) => posix.basename(posix.resolve(CHECKOUT, path));

const nameOf = ({ set }: ContinuousSet) => `deploy-${set}`;

const meta = (given: ContinuousSet, namespace?: string) => ({
  name: nameOf(given),
  ...(namespace === undefined ? {} : { namespace }),
  labels: { 'app.kubernetes.io/name': 'hybrid-clusters', 'app.kubernetes.io/instance': nameOf(given) },
});

function serviceAccount(given: ContinuousSet): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(given, given.request.plan.target.namespace) };
}

function roles(given: ContinuousSet): readonly object[] {
  const { plan, kinds = [] } = given.request;
  const rights = rightsOf(plan, runName(given), kinds);
  const subjects = [{ kind: 'ServiceAccount', name: nameOf(given), namespace: plan.target.namespace }];
  const rbac = 'rbac.authorization.k8s.io/v1';
  const wide = `${nameOf(given)}-${plan.target.namespace}`;
  const pair = (kind: 'Role' | 'ClusterRole', metadata: object, name: string, rules: readonly Rule[]) => [
    { apiVersion: rbac, kind, metadata, rules },
    {
      apiVersion: rbac,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects,
    },
  ];
  return [
    ...[...rights.namespaces].flatMap(([namespace, rules]) => pair('Role', meta(given, namespace), nameOf(given), rules)),
    ...pair('ClusterRole', { ...meta(given), name: wide }, wide, rights.cluster),
  ];
}

function kubeconfig(given: ContinuousSet): object {
  const { context, namespace } = given.request.plan.target;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      { name: context, cluster: { server: 'https://kubernetes.default.svc', 'certificate-authority': `${OWN_RIGHTS}/ca.crt` } },
    ],
    users: [{ name: nameOf(given), user: { tokenFile: `${OWN_RIGHTS}/token` } }],
    contexts: [{ name: context, context: { cluster: context, user: nameOf(given), namespace } }],
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(given, namespace), data: { kubeconfig: toYaml(config) } };
}

function cronJob(given: ContinuousSet): object {
  const { request, applyArgs } = given;
  const { plan, image, cloudsSecret, gitSecret, url, branch } = request;
  const { namespace, cloud } = plan.target;
  const clouds = cloud === undefined ? undefined : cloudsSecret;
  const isSsh = url.startsWith('ssh:');
  const securityContext = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
  const work = [
    { name: 'work', mountPath: '/work' },
    { name: 'tmp', mountPath: '/tmp' },
  ];
  const credentials = gitSecret === undefined ? [] : [{ name: 'git', mountPath: '/etc/git', readOnly: true }];
  const helper = gitSecret === undefined || isSsh ? [] : ['-c', 'credential.helper=store --file=/etc/git/.git-credentials'];
  const ssh =
    gitSecret !== undefined && isSsh
      ? [{ name: 'GIT_SSH_COMMAND', value: 'ssh -i /etc/git/identity -o UserKnownHostsFile=/etc/git/known_hosts' }]
      : [];
  const pod = {
    restartPolicy: 'Never',
    serviceAccountName: nameOf(given),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [
      {
        name: 'clone',
        image,
        command: ['git', ...helper, 'clone', '--depth=1', `--branch=${branch}`, url, CHECKOUT],
        env: [{ name: 'HOME', value: '/tmp' }, ...ssh],
        securityContext,
        volumeMounts: [...work, ...credentials],
      },
    ],
    containers: [
      {
        name: 'apply',
        image,
        workingDir: CHECKOUT,
        command: ['node', PROGRAM_IN_IMAGE, 'apply', ...applyArgs],
        env: [
          { name: 'HOME', value: '/tmp' },
          { name: 'KUBECONFIG', value: '/etc/hybrid-clusters/kubeconfig' },
          ...(clouds === undefined ? [] : [{ name: 'OS_CLIENT_CONFIG_FILE', value: '/etc/openstack/clouds.yaml' }]),
        ],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        securityContext,
        volumeMounts: [
          ...work,
          { name: 'kubeconfig', mountPath: '/etc/hybrid-clusters', readOnly: true },
          ...(clouds === undefined ? [] : [{ name: 'clouds', mountPath: '/etc/openstack', readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: 'work', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
      { name: 'kubeconfig', configMap: { name: nameOf(given) } },
      ...(clouds === undefined ? [] : [{ name: 'clouds', secret: { secretName: clouds, defaultMode: 0o440 } }]),
      ...(gitSecret === undefined ? [] : [{ name: 'git', secret: { secretName: gitSecret, defaultMode: 0o440 } }]),
    ],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta(given, namespace),
    spec: {
      schedule: '*/5 * * * *',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 120,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: { backoffLimit: 0, activeDeadlineSeconds: 3600, template: { metadata: { labels: meta(given).labels }, spec: pod } },
      },
    },
  };
}

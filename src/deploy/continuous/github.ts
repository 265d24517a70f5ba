import { toYaml } from '../../manifest/toYaml.ts';
import type { FileToWrite } from '../handOver/handOver.ts';
import { type ContinuousSet, commandLine } from './continuous.ts';

const PROGRAM = ['node', '"$RUNNER_TEMP/hybrid-clusters/extension/dist/cli.js"'];
const RUN_FILES = { KUBECONFIG: '${{ runner.temp }}/kubeconfig', OS_CLIENT_CONFIG_FILE: '${{ runner.temp }}/clouds.yaml' };

/**
 * A workflow: a plan for each pull request of the same repository (one of a fork gets no secrets), an apply after each push to the branch, every quarter of an hour and by hand, never two at once.
 * Source: GitHub, "Workflow syntax for GitHub Actions", "Using secrets".
 */
export function githubFiles({ request, set, paths, planArgs, applyArgs }: ContinuousSet): readonly FileToWrite[] {
  const { plan, branch } = request;
  const { context, cloud } = plan.target;
  const watched = paths.map((path) => (path === '.' ? '**' : /\.(ya?ml|json)$/.test(path) ? path : `${path}/**`));
  const job = (name: string, when: string, run: string, more: object = {}) => ({
    if: when,
    'runs-on': 'ubuntu-latest',
    'timeout-minutes': 30,
    ...more,
    steps: [
      { uses: 'actions/checkout@v4' },
      { uses: 'actions/setup-node@v4', with: { 'node-version': 24 } },
      {
        name: 'Install Hybrid Clusters',
        run: 'curl -fsSL -o "$RUNNER_TEMP/hybrid-clusters.vsix" "$VSIX"\nunzip -q "$RUNNER_TEMP/hybrid-clusters.vsix" -d "$RUNNER_TEMP/hybrid-clusters"\n',
        env: { VSIX: '${{ vars.HYBRID_CLUSTERS_VSIX }}' },
      },
      {
        name: 'Credentials',
        run: `umask 077\nprintf '%s' "$CONTEXTS" > "$KUBECONFIG"\n${cloud === undefined ? '' : 'printf \'%s\' "$CLOUDS" > "$OS_CLIENT_CONFIG_FILE"\n'}`,
        env: {
          ...RUN_FILES,
          CONTEXTS: '${{ secrets.HYBRID_CLUSTERS_KUBECONFIG }}',
          ...(cloud === undefined ? {} : { CLOUDS: '${{ secrets.HYBRID_CLUSTERS_CLOUDS }}' }),
        },
      },
      { name, run, env: RUN_FILES },
    ],
  });
  const workflow = {
    name: `Deploy ${set} to ${context}`,
    on: {
      push: { branches: [branch], paths: watched },
      pull_request: { paths: watched },
      schedule: [{ cron: '*/15 * * * *' }],
      workflow_dispatch: {},
    },
    permissions: { contents: 'read' },
    concurrency: { group: `deploy-${set}-${context}`, 'cancel-in-progress': false },
    jobs: {
      plan: job(
        'Plan',
        "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository",
        `${commandLine([...PROGRAM, 'plan'], planArgs)} || test $? -eq 2\n`,
      ),
      apply: job('Apply', "github.event_name != 'pull_request'", `${commandLine([...PROGRAM, 'apply'], applyArgs)}\n`, {
        environment: context,
      }),
    },
  };
  return [{ path: `.github/workflows/deploy-${set}.yml`, text: toYaml(workflow) }];
}

export function githubSteps({ request: { plan } }: ContinuousSet): readonly string[] {
  const { context, cloud } = plan.target;
  return [
    'A variable `HYBRID_CLUSTERS_VSIX` of the repository: the address from which the runner can fetch the `.vsix` of this extension. The package is the whole program; it is in no registry of npm.',
    `A secret \`HYBRID_CLUSTERS_KUBECONFIG\`: a kubeconfig with the context \`${context}\`, of a user who may do what the plan needs and no more, without a program to sign in. The runner must reach its server.`,
    ...(cloud === undefined
      ? []
      : [
          `A secret \`HYBRID_CLUSTERS_CLOUDS\`: a clouds.yaml with the cloud \`${cloud}\`, best with an application credential of the role \`reader\`.`,
        ]),
    `An environment \`${context}\` (Settings › Environments), if somebody is to approve each deploy.`,
  ];
}

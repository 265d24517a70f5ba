import { toYaml } from '../../manifest/toYaml.ts';
import type { FileToWrite } from '../handOver/handOver.ts';
import { type ContinuousSet, commandLine } from './continuous.ts';

const PROGRAM = ['node', 'hybrid-clusters/extension/dist/cli.js'];

/** Jobs to include: a plan for each merge request, an apply on the branch and for each schedule, never two at once. Source: GitLab, "CI/CD YAML syntax reference", "File type CI/CD variables". */
export function gitlabFiles({ request, set, paths, planArgs, applyArgs }: ContinuousSet): readonly FileToWrite[] {
  const changes = paths.map((path) => (path === '.' ? '**/*' : /\.(ya?ml|json)$/.test(path) ? path : `${path}/**/*`));
  const base = `.deploy-${set}`;
  const jobs = {
    [base]: {
      image: 'node:24',
      before_script: [
        'curl -fsSL -o hybrid-clusters.vsix "$HYBRID_CLUSTERS_VSIX"',
        'unzip -q hybrid-clusters.vsix -d hybrid-clusters',
      ],
    },
    [`plan-${set}`]: {
      extends: base,
      script: [`${commandLine([...PROGRAM, 'plan'], planArgs)} || test $? -eq 2`],
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"', changes }],
    },
    [`apply-${set}`]: {
      extends: base,
      script: [commandLine([...PROGRAM, 'apply'], applyArgs)],
      resource_group: `deploy-${set}-${request.plan.target.context}`,
      environment: { name: request.plan.target.context },
      rules: [
        { if: '$CI_PIPELINE_SOURCE == "schedule"' },
        { if: `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == ${JSON.stringify(request.branch)}`, changes },
      ],
    },
  };
  return [{ path: `.gitlab/deploy-${set}.yml`, text: toYaml(jobs) }];
}

export function gitlabSteps({ request: { plan }, set }: ContinuousSet): readonly string[] {
  const { context, cloud } = plan.target;
  return [
    `In \`.gitlab-ci.yml\`: \`include: [{ local: .gitlab/deploy-${set}.yml }]\`. It is yours and is not changed.`,
    'A CI/CD variable `HYBRID_CLUSTERS_VSIX`: the address from which the runner can fetch the `.vsix` of this extension. The package is the whole program; it is in no registry of npm.',
    `A CI/CD variable \`KUBECONFIG\` of type *File*, masked and protected: a kubeconfig with the context \`${context}\`, of a user who may do what the plan needs and no more, without a program to sign in.`,
    ...(cloud === undefined
      ? []
      : [
          `A CI/CD variable \`OS_CLIENT_CONFIG_FILE\` of type *File*: a clouds.yaml with the cloud \`${cloud}\`, best with an application credential of the role \`reader\`.`,
        ]),
    'A pipeline schedule (Build › Pipeline schedules), if it is to run without a push. Protected variables reach merge requests of protected branches only.',
  ];
}

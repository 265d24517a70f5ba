import { fileName } from '../deploy/files/fileName.ts';
import { countsOnAll, sizeLine } from '../deploy/targets/matrix.ts';
import type { PlannedTarget, TargetsPlan } from '../deploy/targets/types.ts';
import { type DeploymentRow, message, planRow } from './deploymentRows.ts';

/** The rows of a plan over several targets that waits for its yes: what is to be said of all, then a row for each target with its objects below. */
export function targetsRow(plan: TargetsPlan): DeploymentRow {
  const id = 'targets';
  const [first] = plan.blockers;
  const plans = plan.targets.flatMap((target) => target.plan ?? []);
  const isProtected = plans.some(({ target }) => target.protection === 'protected');
  const common = plan.blockers.filter(({ target, message: text }) => target === undefined || !isShownBelow(plan, target, text));
  return {
    id,
    label: `${fileName(plan.set.file)} → ${sizeLine(plan)}`,
    description: first ? `blocked: ${first.message}` : countsOnAll(plan),
    icon: first ? 'error' : 'layers',
    mood: first ? 'bad' : isProtected ? 'warning' : 'quiet',
    words: ['plan', 'can:matrix', ...(first ? [] : ['can:deploy']), 'can:dismiss'],
    subject: { of: 'targets', plan },
    children: [
      ...common.map(({ message: text, place }, index): DeploymentRow => {
        const row = message(`${id}/blocker/${index}`, text, 'bad');
        if (!place) return row;
        const at = { file: place.file, line: place.line };
        const description = `${fileName(place.file)}:${place.line}`;
        return { ...row, description, words: ['place', 'can:openSource'], subject: { of: 'place', at } };
      }),
      ...plan.findings
        .filter(({ severity }) => severity === 'warning')
        .map(({ message: text }, index) => message(`${id}/warning/${index}`, text, 'warning')),
      ...plan.targets.flatMap((target) => targetRow(target, id)),
    ],
    open: true,
  };
}

/** A blocker of a single plan stands below that plan. */
function isShownBelow({ targets }: TargetsPlan, name: string, text: string): boolean {
  const plan = targets.find(({ entry }) => entry.name === name)?.plan;
  return plan?.blockers.some((one) => one.message === text) ?? false;
}

/** One that could not be planned is told of by its blocker alone. */
function targetRow({ entry, plan }: PlannedTarget, parent: string): readonly DeploymentRow[] {
  if (!plan) return [];
  const row = planRow(plan, `${entry.wave}. ${entry.name}`, `${parent}/${entry.name}`);
  // all of them go out together
  return [{ ...row, words: row.words.filter((word) => word !== 'can:deploy' && word !== 'can:dismiss'), open: false }];
}

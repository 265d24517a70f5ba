import { sameJson } from '../../base/fields.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import { identityOf } from '../record/identity.ts';
import type { Plan, Step } from '../types.ts';
import type { PlannedTarget, TargetsPlan } from './types.ts';

interface Placed {
  readonly target: PlannedTarget;
  readonly plan: Plan;
  readonly step: Step;
}

/** Objects that two targets of one cluster both have: equal ones are told of, others keep the set from being carried out, since the last one would win. */
export function onOneCluster(targets: readonly PlannedTarget[]): Pick<TargetsPlan, 'findings' | 'blockers'> {
  const planned = targets.flatMap((target) => (target.plan ? [{ target, plan: target.plan }] : []));
  const clusters = Map.groupBy(planned, ({ plan }) => identityOf(plan.target));
  const findings: Finding[] = [];
  const blockers: TargetsPlan['blockers'][number][] = [];
  for (const together of clusters.values()) {
    const placed = together.flatMap(({ target, plan }) => {
      // what is left alone is nobody's to win
      const steps = plan.steps.filter(({ action }) => action !== 'skip');
      return steps.map((step): Placed => ({ target, plan, step }));
    });
    const twice = [...Map.groupBy(placed, ({ step }) => step.key).values()].filter((all) => all.length > 1);
    for (const [first, ...others] of twice) {
      if (!first) continue;
      const other = others.find(({ step }) => !sameJson(step.object, first.step.object));
      if (other) blockers.push(blockerFor(first, other));
    }
    const equal = twice.filter(([first, ...others]) => others.every(({ step }) => sameJson(step.object, first?.step.object)));
    if (equal.length > 0) findings.push(sharedFinding(equal));
  }
  return { findings, blockers };
}

function blockerFor(first: Placed, other: Placed) {
  const { entry } = other.target;
  const goes = [first, other].find(({ step }) => step.action === 'prune');
  const stays = goes === first ? other : first;
  if (goes) {
    const [from, to] = [goes.target.entry.name, stays.target.entry.name];
    const message = `${titleOf(goes.step.ref)} went over from ${from} to ${to}: it would be deleted for the one and deployed for the other. Deploy ${to} by itself first, then all.`;
    return { message, place: entry.place, target: entry.name };
  }
  const message = `${titleOf(other.step.ref)} goes to ${other.plan.target.context} twice, from ${first.target.entry.name} and from ${entry.name}, with other content. Give it one place, or each its own namespace or name.`;
  return { message, place: entry.place, target: entry.name };
}

function sharedFinding(equal: readonly (readonly Placed[])[]): Finding {
  const [first] = equal;
  const names = [...new Set(equal.flat().map(({ target }) => target.entry.name))];
  const { file, range } = first?.[1]?.target.entry.place ?? { file: '', range: { start: 0, end: 0 } };
  const what = equal.length === 1 && first?.[0] ? titleOf(first[0].step.ref) : `${equal.length} objects`;
  const message = `${names.join(' and ')} are on one cluster and share ${what}, with equal content.`;
  return { file, range, severity: 'information', code: 'deploy.sharedObjects', message };
}

import { nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { formOf } from './form.ts';
import { findAll, type Path, textBeside } from './path.ts';
import { placeholders } from './placeholders.ts';
import type { Reference } from './references.ts';
import { type CrossRule, crossRulesAt, providersBeside } from './rules/crossRules.ts';
import { type Answers, questionOf, type ReferenceFinding } from './verdict.ts';

/** What does not go together: a resource that was found, and another that is named in the same place. Undefined too while the other is not answered, or not found. */
export function crossFinding(
  reference: Reference,
  resource: Resource,
  others: readonly Reference[],
  answers: Answers,
): ReferenceFinding | undefined {
  const { manifest, rule, range } = reference;
  for (const cross of crossRulesAt(formOf(manifest), rule.at)) {
    if (cross.unless?.some((pattern) => findAll(manifest.root, pattern, manifest.tree).length > 0)) continue;
    const other = others.find((one) => cross.with.includes(one.rule.at) && sameItems(one.path, reference.path));
    const message = other && messageOf(cross, resource, other, answers);
    if (message !== undefined) return { range, severity: cross.severity, code: cross.code, message, reference };
  }
  const message = rule.to === 'load-balancer.flavor' ? otherProvider(reference, resource, answers) : undefined;
  return message === undefined ? undefined : { range, severity: 'warning', code: 'reference.otherProvider', message, reference };
}

/** Names of one provider. Source: Octavia, "Enabled provider drivers": `octavia` is an alias of `amphora`. */
const sameProvider = (name: string) => (name === 'octavia' || name === 'amphorav2' ? 'amphora' : name);

/** A flavor of load balancers is for the provider of its profile, which only administrators see as a rule: for others nobody asks further. */
function otherProvider({ manifest, rule, path, as }: Reference, flavor: Resource, answers: Answers): string | undefined {
  const at = providersBeside[formOf(manifest) ?? '']?.[rule.at];
  const chosen = at === undefined ? '' : (textBeside(manifest.root, at, path, manifest.tree) ?? '');
  const id = flavor['flavor_profile_id'];
  // Of ovn it is said already that it has no flavors.
  if (chosen === '' || chosen === 'ovn' || placeholders.test(chosen) || typeof id !== 'string') return undefined;
  const lookup = answers.of({ kind: 'load-balancer.flavor_profile', query: { by: 'id', value: id }, ...(as ? { as } : {}) });
  const is = lookup?.verdict === 'found' ? lookup.matches[0]?.['provider_name'] : undefined;
  if (typeof is !== 'string' || sameProvider(is) === sameProvider(chosen)) return undefined;
  return `Load balancer flavor "${nameOf('load-balancer.flavor', flavor)}" is for the provider ${is}; here the provider is ${chosen}.`;
}

function messageOf({ judge }: CrossRule, resource: Resource, named: Reference, answers: Answers): string | undefined {
  const lookup = answers.of(questionOf(named));
  const [other, ...more] = lookup?.verdict === 'found' ? lookup.matches : [];
  return other && more.length === 0 ? judge(resource, other) : undefined;
}

/** Whether two values stand in the same items of the lists that both are in. */
function sameItems(one: Path, other: Path): boolean {
  const [first, second] = [one, other].map((path) => path.filter((step) => typeof step === 'number'));
  return (first ?? []).every((step, index) => second?.[index] === undefined || second[index] === step);
}

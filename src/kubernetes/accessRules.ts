/** What a request does, as authorisers see it (authorization.k8s.io/v1, ResourceAttributes). `group` is `''` for the core group. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Of one object; absent: of the kind (a list, a creation), or of any object of it. */
  readonly name?: string;
}

/** A rule as roles (rbac.authorization.k8s.io/v1, PolicyRule) and reviews (authorization.k8s.io/v1, ResourceRule) write it. One without resources is of paths that are no resources. */
export interface AccessRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Whether a rule allows a request. Source: Kubernetes, pkg/apis/rbac/v1/evaluation_helpers.go. */
export function ruleAllows(rule: AccessRule, access: Access): boolean {
  const { resourceNames = [] } = rule;
  return ruleConcerns(rule, access) && (resourceNames.length === 0 || resourceNames.includes(access.name ?? ''));
}

/** The same whatever the object is called: a rule for some names only concerns requests for others, too. */
export function ruleConcerns({ verbs, apiGroups = [], resources = [] }: AccessRule, access: Access): boolean {
  const { verb, group, resource, subresource = '' } = access;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    has(verbs, verb) &&
    has(apiGroups, group) &&
    (has(resources, whole) || (subresource !== '' && resources.includes(`*/${subresource}`)))
  );
}

/** A star covers subresources as well. */
const has = (all: readonly string[], one: string) => all.includes('*') || all.includes(one);

/** `deployments.apps/scale`, `pods/exec`, as `kubectl auth can-i` writes a resource. */
export function resourceName({ group, resource, subresource }: Access): string {
  return `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}

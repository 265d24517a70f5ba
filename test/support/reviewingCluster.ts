import { failed, type Result, success } from '../../src/base/failure.ts';
import type { AccessRule } from '../../src/kubernetes/accessRules.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { ScriptedCluster } from './scriptedTable.ts';

interface Asked {
  readonly namespace?: string;
  readonly resourceAttributes?: Readonly<Record<string, string | undefined>>;
}

/** A cluster that answers reviews: the rules of namespaces, and single questions by what it allows (`shop: delete deployments.apps web`). */
export class ReviewingCluster extends ScriptedCluster {
  /** `rules shop`, `shop: delete deployments.apps web`, in the order asked. */
  readonly asked: string[] = [];
  rules: Readonly<Record<string, readonly AccessRule[]>> = {};
  incomplete = false;
  /** Nothing can be asked. */
  down = false;
  allows: (question: string) => boolean = () => false;
  /** Why an authoriser could not be asked. */
  evaluationError: string | undefined;

  override async raw(path: string, { body = '{}' }: NonNullable<Parameters<Cluster['raw']>[1]> = {}): Promise<Result<string>> {
    const { spec }: { spec: Asked } = JSON.parse(body);
    const { namespace = '', resourceAttributes: { verb, resource, group, subresource, name, ...of } = {} } = spec;
    const what = [resource, group && `.${group}`, subresource && `/${subresource}`].filter(Boolean).join('');
    const isRules = path.endsWith('rulesreviews');
    const single = [`${of['namespace'] ?? ''}:`, verb, what, name].filter(Boolean).join(' ');
    const question = isRules ? `rules ${namespace}` : single;
    this.asked.push(question);
    if (this.down) return failed('offline', `${this.context.name} did not answer.`);
    const status = isRules
      ? { resourceRules: this.rules[namespace] ?? null, incomplete: this.incomplete }
      : { allowed: this.allows(question), evaluationError: this.evaluationError };
    return success(JSON.stringify({ status }));
  }
}

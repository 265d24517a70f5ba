import type { ApiKind } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import { readCheck } from '../readiness/override.ts';
import type { CheckRow, CheckSpecs } from './check.ts';

/** An object is as `kubectl wait --for` would wait for it. */
export const condition: CheckRow<CheckSpecs['condition']> = {
  keys: ['is', 'namespace'],
  withinMs: 60_000,
  read: async (value, { is, namespace }) => {
    const [type = '', name = '', ...more] = value.split('/');
    if (type === '' || name === '' || more.length > 0) return 'wants TYPE/NAME, such as deployment/web';
    if (typeof is !== 'string' || !readCheck(is))
      return 'needs is: condition=Type, condition=Type=Status, jsonpath={.path} or jsonpath={.path}=value';
    if (namespace !== undefined && typeof namespace !== 'string') return 'wants a name as its namespace';
    return { namespace, type, name, is };
  },
  title: ({ namespace, type, name, is }) => `${namespace === undefined ? '' : `${namespace}/`}${type}/${name} ${is}`,
  look: async ({ namespace, type, name, is }, { cluster, namespace: own, signal }) => {
    const kinds = await cluster.kinds({ signal });
    if (!kinds.ok) return { is: 'notYet', said: kinds.failure.message };
    const kind = kinds.value.find((one) => isCalled(one, type));
    if (!kind) return { is: 'notYet', said: `${cluster.context.name} serves no ${type}` };
    const { group, version, namespaced } = kind;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const ref = { apiVersion, kind: kind.kind, name, ...(namespaced ? { namespace: namespace ?? own } : {}) };
    const read = await cluster.get(ref, signal);
    if (!read.ok) return { is: read.failure.reason === 'forbidden' ? 'failed' : 'notYet', said: read.failure.message };
    const holds = readCheck(is)?.(read.value) ?? false;
    return holds ? { is: 'passed', said: 'it holds' } : { is: 'notYet', said: `${titleOf(ref)} is not so` };
  },
};

/** As kubectl finds a kind: its plural, singular, kind or a short name, with its group behind a dot where that is said. */
function isCalled({ kind, resource, singular, shortNames, group }: ApiKind, type: string): boolean {
  const [word = '', ...groups] = type.toLowerCase().split('.');
  if (groups.length > 0 && groups.join('.') !== group) return false;
  return [kind.toLowerCase(), resource, singular, ...shortNames].includes(word);
}

import type { Failure } from '../base/failure.ts';
import { type Access, resourceName } from './accessRules.ts';
import type { Cluster, ObjectRef } from './cluster.ts';
import { type NeedyWord, requiredFor } from './objectNeeds.ts';
import { permissionsOf } from './permissions.ts';
import { askForRole } from './status.ts';

/** A request that would be refused, and why. */
export interface Refusal {
  readonly access: Access;
  readonly namespace: string | undefined;
  readonly failure: Failure;
}

/** Why the API server would refuse what a word does to an object: who may not do what, where, and what to do. Undefined if it would not, and if it cannot be asked: then it decides by itself. */
export async function refusalOf(cluster: Cluster, ref: ObjectRef, word: NeedyWord): Promise<Refusal | undefined> {
  const kind = await cluster.kind(ref.apiVersion, ref.kind);
  if (!kind.ok) return undefined;
  const permissions = permissionsOf(cluster);
  const namespace = kind.value.namespaced ? (ref.namespace ?? cluster.context.namespace ?? 'default') : undefined;
  for (const { access, own } of requiredFor(word, kind.value, cluster.version)) {
    // Rules may allow it to some of the other objects by name; single questions cannot tell.
    if (!own) await permissions.learn(namespace, []);
    if (!own && permissions.known(namespace, access).names.size > 0) continue;
    const asked = own ? { ...access, name: ref.name } : access;
    const decision = await permissions.decide(namespace, asked);
    if (decision.ok && !decision.value.allowed)
      return { access: asked, namespace, failure: await sentenceOf(cluster, namespace, asked, decision.value.reason) };
  }
  return undefined;
}

async function sentenceOf(cluster: Cluster, namespace: string | undefined, access: Access, reason: string): Promise<Failure> {
  const { name: context, user = '?' } = cluster.context;
  const who = await permissionsOf(cluster).userName();
  const what = [access.verb, resourceName(access), access.name && `"${access.name}"`].filter(Boolean).join(' ');
  const everywhere = access.name === undefined ? ' in all namespaces' : '';
  const where = `${namespace === undefined ? everywhere : ` in namespace ${namespace}`} of ${context}`;
  const why = reason === '' ? '' : ` (${reason})`;
  const message = `${(who.ok && who.value) || user} may not ${what}${where}${why}. ${askForRole}`;
  return { reason: 'forbidden', message };
}

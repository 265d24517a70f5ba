import { field, isFields, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { grace } from './patience.ts';
import { condition, conditionIn, failing, progressing, ready, type Status, type Surroundings, wordsOf } from './status.ts';

/** An Ingress: at an address. */
export function ingressStatus(ingress: KubeObject): Status {
  const [first] = listAt(ingress, 'status', 'loadBalancer', 'ingress');
  const address = textAt(first, 'ip') ?? textAt(first, 'hostname');
  if (address !== undefined) return ready(`at ${address}`);
  const name = textAt(ingress, 'spec', 'ingressClassName');
  return progressing(`no address yet${name === undefined ? '' : ` from ingress class ${name}`}`, [], {
    cause: { kind: 'field', path: ['spec', 'ingressClassName'] },
  });
}

/** A Gateway: accepted and programmed. Source: Gateway API, "GatewayConditionType". */
export function gatewayStatus(gateway: KubeObject): Status {
  const accepted = condition(gateway, 'Accepted');
  if (accepted?.['status'] === 'False')
    return failing(textAt(accepted, 'reason') ?? 'NotAccepted', wordsOf(accepted), {
      graceMs: grace.short,
      cause: { kind: 'field', path: ['spec'] },
    });
  const refused = listenerTrouble(gateway);
  if (refused) return refused;
  const programmed = condition(gateway, 'Programmed');
  if (programmed?.['status'] !== 'True')
    return progressing(
      programmed ? wordsOf(programmed) : `not taken by gateway class ${textAt(gateway, 'spec', 'gatewayClassName') ?? ''}`,
    );
  const address = textAt(listAt(gateway, 'status', 'addresses')[0], 'value');
  return address === undefined ? ready() : ready(`at ${address}`);
}

function listenerTrouble(gateway: KubeObject): Status | undefined {
  for (const listener of listAt(gateway, 'status', 'listeners')) {
    const name = textAt(listener, 'name') ?? '';
    const found = conditionIn(listAt(listener, 'conditions'), 'ResolvedRefs', gateway.metadata.generation);
    if (found?.['status'] !== 'False') continue;
    const index = listAt(gateway, 'spec', 'listeners').findIndex((one) => textAt(one, 'name') === name);
    return failing(`ResolvedRefs ${name}`, `listener ${name}: ${wordsOf(found)}`, {
      graceMs: grace.short,
      cause: { kind: 'field', path: ['spec', 'listeners', Math.max(0, index)] },
    });
  }
  return undefined;
}

/** A GatewayClass: a controller has accepted it. */
export function gatewayClassStatus(gatewayClass: KubeObject): Status {
  const accepted = condition(gatewayClass, 'Accepted');
  if (accepted?.['status'] === 'True') return ready();
  if (accepted?.['status'] === 'False')
    return failing(textAt(accepted, 'reason') ?? 'NotAccepted', wordsOf(accepted), {
      graceMs: grace.short,
      cause: { kind: 'field', path: ['spec'] },
    });
  return progressing(`no controller ${textAt(gatewayClass, 'spec', 'controllerName') ?? ''} has taken it`);
}

const ROUTE_CONDITIONS = [
  ['Accepted', ['spec', 'parentRefs']],
  ['ResolvedRefs', ['spec', 'rules']],
] as const;

/** A route of any protocol: each of its parents has accepted it and found what it names. Source: Gateway API, "RouteConditionType". */
export function routeStatus(route: KubeObject): Status {
  const parents = listAt(route, 'status', 'parents').filter(isFields);
  const wanted = listAt(route, 'spec', 'parentRefs');
  if (parents.length === 0 && wanted.length > 0)
    return progressing(`no gateway has taken it: ${wanted.map((one) => textAt(one, 'name')).join(', ')}`);
  for (const parent of parents) {
    for (const [type, path] of ROUTE_CONDITIONS) {
      const told = conditionIn(listAt(parent, 'conditions'), type, route.metadata.generation);
      if (told?.['status'] === 'True') continue;
      const name = textAt(parent, 'parentRef', 'name') ?? '';
      if (told?.['status'] !== 'False') return progressing(`gateway ${name} has not looked at it`);
      return failing(`${type} ${name}`, `gateway ${name}: ${wordsOf(told)}`, {
        graceMs: grace.short,
        cause: { kind: 'field', path },
      });
    }
  }
  return ready();
}

/** An APIService: available, that is, its backend answers. */
export function apiServiceStatus(service: KubeObject): Status {
  const available = condition(service, 'Available');
  if (available?.['status'] === 'True') return ready();
  return progressing(available ? wordsOf(available) : 'not yet looked at', [], {
    cause: { kind: 'field', path: ['spec', 'service'] },
  });
}

/** The Services behind the webhooks of a configuration. */
export function webhookServices(
  configuration: KubeObject,
): { readonly name: string; readonly namespace: string; readonly index: number }[] {
  return listAt(configuration, 'webhooks').flatMap((webhook, index) => {
    const service = field(webhook, 'clientConfig', 'service');
    const [name, namespace] = [textAt(service, 'name'), textAt(service, 'namespace')];
    return name === undefined || namespace === undefined ? [] : [{ name, namespace, index }];
  });
}

const INJECTED = /^cert-manager\.io\/inject-|^service\.beta\.openshift\.io\/inject-cabundle$/;

/** A webhook configuration: until its Services have ready endpoints, and the certificate that another puts in is in, it refuses what it intercepts. */
export function webhookStatus(configuration: KubeObject, around: Surroundings): Status {
  const waitsForBundle = Object.keys(configuration.metadata.annotations ?? {}).some((name) => INJECTED.test(name));
  let unseen = false;
  for (const { name, namespace, index } of webhookServices(configuration)) {
    const cause = { kind: 'field', path: ['webhooks', index, 'clientConfig', 'service'] } as const;
    const endpoints = around.readyEndpoints(name, namespace);
    if (endpoints === 0) return progressing(`no endpoint of its Service ${namespace}/${name} is ready`, [], { cause });
    unseen ||= endpoints === 'unseen';
    if (waitsForBundle && !textAt(configuration, 'webhooks', index, 'clientConfig', 'caBundle'))
      return progressing('its CA bundle is not put in yet', [], { cause });
  }
  return unseen ? ready('whether its Service answers may not be seen') : ready();
}

/** An HPA's target cannot be scaled, or its metrics cannot be asked for as they are written: no time mends that. Source: kube-controller-manager, pkg/controller/podautoscaler. */
const SCALE_REFUSED = /^(FailedGetScale|FailedUpdateScale)$/;
const METRIC_WRONG = /^(InvalidSelector|InvalidMetricSourceType)$/;

/**
 * A HorizontalPodAutoscaler: able to scale its target. Metrics that are not there yet are said and do not hold up the rest: it keeps to its minimum meanwhile. What is looked at
 * by its controller every 15 s only.
 */
export function autoscalerStatus(autoscaler: KubeObject): Status {
  const able = condition(autoscaler, 'AbleToScale');
  const active = condition(autoscaler, 'ScalingActive');
  if (able === undefined) return progressing('not yet looked at by its controller');
  if (able['status'] === 'False' && SCALE_REFUSED.test(textAt(able, 'reason') ?? ''))
    return failing(textAt(able, 'reason') ?? '', wordsOf(able), {
      graceMs: grace.short,
      cause: { kind: 'field', path: ['spec', 'scaleTargetRef'] },
    });
  if (active?.['status'] !== 'False') return ready();
  const reason = textAt(active, 'reason') ?? '';
  if (METRIC_WRONG.test(reason))
    return failing(reason, wordsOf(active), { graceMs: grace.short, cause: { kind: 'field', path: ['spec', 'metrics'] } });
  return ready(
    reason === 'ScalingDisabled' ? 'its target is scaled to 0' : `holds its minimum until there are metrics: ${wordsOf(active)}`,
  );
}

import { isMap, isScalar, type Node } from 'yaml';
import type { LocalManifest } from '../manifest.ts';
import { type LocalFinding, pairOf } from '../parse.ts';
import { nodeAt, rangeOf, textAt } from '../path.ts';

const prefix = 'loadbalancer.openstack.org/';

/**
 * Annotations of a Service that do not go together.
 * Source: kubernetes/cloud-provider-openstack, `pkg/openstack/loadbalancer.go`; Octavia, `octavia/api/v2/controllers/health_monitor.py`.
 */
export function serviceConflicts({ apiVersion, kind, root, tree, document }: LocalManifest): readonly LocalFinding[] {
  // Most manifests have none.
  if (apiVersion !== 'v1' || kind !== 'Service' || !document.text.includes('openstack.org')) return [];
  if (textAt(root, 'spec.type', tree) !== 'LoadBalancer') return [];
  const annotations = nodeAt(root, 'metadata.annotations', tree);
  if (!isMap(annotations)) return [];
  const pair = (name: string) => pairOf(annotations, prefix + name);
  const text = (name: string) => {
    const value = pair(name)?.value;
    return isScalar(value) ? String(value.value) : '';
  };
  const found: LocalFinding[] = [];
  const tell = (at: Node | null | undefined, severity: LocalFinding['severity'], code: string, message: string) => {
    if (at) found.push({ range: rangeOf(at), severity, code, message });
  };
  if (text('x-forwarded-for') === 'true' && ['true', 'v1', 'v2'].includes(text('proxy-protocol'))) {
    const message = 'proxy-protocol and x-forwarded-for exclude each other; the controller refuses a Service with both.';
    tell(pair('proxy-protocol')?.key, 'error', 'annotation.exclusive', message);
  }
  const [delay, timeout] = [text('health-monitor-delay'), text('health-monitor-timeout')];
  if (/^\d+$/.test(delay) && /^\d+$/.test(timeout) && Number(timeout) > Number(delay)) {
    const message = `health-monitor-timeout (${timeout} s) is longer than health-monitor-delay (${delay} s); Octavia refuses that.`;
    tell(pair('health-monitor-timeout')?.value, 'error', 'annotation.order', message);
  }
  if (text('enable-health-monitor') === 'false' && textAt(root, 'spec.externalTrafficPolicy', tree) === 'Local') {
    const message =
      'externalTrafficPolicy is Local: without a health monitor, nodes that run no Pod of this Service get traffic, too.';
    tell(pair('enable-health-monitor')?.value, 'warning', 'annotation.monitor', message);
  }
  return found;
}

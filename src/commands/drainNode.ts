import { l10n, ProgressLocation, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { ApiKind, KubeObject } from '../kubernetes/cluster.ts';
import { type Drain, drain, planDrain } from '../kubernetes/drain.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { type ActOnObjectParts, change, mayChange, type ObjectTarget } from './actOnObject.ts';
import { chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';

/** Cordons a node and evicts its pods, after a yes to what becomes of them. Shows what it waits for; cancelled, the node stays cordoned. */
export async function drainNode(parts: ActOnObjectParts, node: Node | undefined): Promise<void> {
  const { log } = parts;
  const title = l10n.t('Drain');
  const subject = node?.row.subject;
  const fits = ({ group, kind }: ApiKind) => group === '' && kind === 'Node';
  const target = subject?.of === 'object' ? subject : await chooseObject(parts, { title, fits });
  if (!target || !(await mayDo(parts, 'drainNode', target))) return;
  const { cluster, ref } = target;
  const planned = await planDrain(cluster, ref.name);
  if (!planned.ok) return tell(planned.failure, log);
  if (!(await mayChange(parts, { title, risk: 'interrupts', detail: planWords(planned.value) }, [target], []))) return;
  const heading = l10n.t('Draining {0}', objectName(ref));
  const done = await window.withProgress(
    { location: ProgressLocation.Notification, title: heading, cancellable: true },
    (progress, token) => {
      const ending = new AbortController();
      token.onCancellationRequested(() => ending.abort());
      let told = 0;
      return drain(cluster, planned.value, {
        signal: ending.signal,
        report: ({ gone, of, waits }) => {
          const [first] = [...waits].sort(([, one], [, other]) => Number(one === 'is ending') - Number(other === 'is ending'));
          const waiting = first ? l10n.t('{0}: {1}', ...first) : '';
          const message = [l10n.t('{0} of {1} gone', gone, of), waiting].filter(Boolean).join(' · ');
          progress.report({ message, increment: of === 0 ? 0 : ((gone - told) * 100) / of });
          told = gone;
        },
      });
    },
  );
  log.info(`drain ${objectName(ref)} · ${cluster.context.name} · ${done.ok ? 'done' : done.failure.message}`);
  if (done.ok) window.setStatusBarMessage(`$(check) ${title} · ${objectName(ref)}`, 5000);
  else if (done.failure.reason !== 'cancelled') await tell(done.failure, log);
  else await offerUncordon(parts, target);
}

async function offerUncordon(parts: ActOnObjectParts, target: ObjectTarget): Promise<void> {
  const uncordon = l10n.t('Uncordon');
  const message = l10n.t(
    '{0} is not drained whole and stays cordoned. Uncordon it to have pods there again.',
    objectName(target.ref),
  );
  if ((await parts.prompts.offer(message, [uncordon], 'warning')) === uncordon) await change(parts, 'uncordon', [target]);
}

function planWords({ evicted, staying, unmanaged, losing }: Drain): string {
  return [
    evicted.length === 1 ? l10n.t('1 pod is evicted.') : l10n.t('{0} pods are evicted.', evicted.length),
    staying.length > 0 ? l10n.t('{0} of DaemonSets or of the node itself stay.', staying.length) : '',
    unmanaged.length > 0 ? l10n.t('Nobody makes these anew: {0}.', names(unmanaged)) : '',
    losing.length > 0 ? l10n.t('These lose what is in an emptyDir: {0}.', names(losing)) : '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Of many, so many are told of by name. */
const mostTold = 8;

function names(pods: readonly KubeObject[]): string {
  const told = pods.slice(0, mostTold).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return [...told, ...(pods.length > mostTold ? [l10n.t('and {0} more', pods.length - mostTold)] : [])].join(', ');
}

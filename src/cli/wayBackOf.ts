import { ClusterRuns } from '../deploy/record/clusterRuns.ts';
import type { WayBack } from '../deploy/record/rollBackAfter.ts';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import { eventLine } from '../deploy/run/run.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import type { Request } from './commandLine.ts';
import { STABILITY_MS } from './requestedDeploy.ts';

/** The way back of `apply --roll-back` to what `--keep` kept in the namespace; `say` gets a line for each thing that happens, `undefined` to print none. */
export function wayBackOf(
  { wait }: Pick<Request, 'wait'>,
  { name, target }: RunRecord,
  { cluster, contexts }: { readonly cluster: Cluster; readonly contexts: Contexts | undefined },
  keeping: WayBack['keeping'],
  signal: AbortSignal,
  say: ((line: string) => void) | undefined,
): Omit<WayBack, 'context'> {
  return {
    kept: () => new ClusterRuns(cluster, target.namespace).all(name),
    keeping,
    signal,
    options: { stabilityMs: STABILITY_MS, ...wait },
    onStart: ({ run, end }) => {
      if (say) run.onDidChange((event) => event && say(eventLine(event)));
      const watching = contexts && watchTarget(run, contexts);
      void end.then(() => watching?.dispose());
    },
  };
}

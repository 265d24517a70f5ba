import { sep } from 'node:path';
import {
  commands,
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  TextDocumentSaveReason,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { systemClock, timeOfDay } from '../base/clock.ts';
import type { Binding } from '../binding/binding.ts';
import { DeployLoop } from '../deploy/loop/deployLoop.ts';
import { describeDrift, wantedBy } from '../deploy/loop/drift.ts';
import { isGood, type LoopTrigger, successRate, type Tick, tickLine, worthTelling } from '../deploy/loop/tick.ts';
import { targetName, toDoLine } from '../deploy/plan/planText.ts';
import { changesSomething, riskySteps } from '../deploy/plan/risky.ts';
import { identityOf } from '../deploy/record/identity.ts';
import type { RecordedRun } from '../deploy/record/recordedRun.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import type { Plan } from '../deploy/types.ts';
import { onBattery } from '../host/onBattery.ts';
import { type CarryOutParts, startPlanned, waysOut } from './carryOut.ts';
import { pathOf } from './editorFiles.ts';
import { bindingOf, type Planned, type PlanParts, planQuietly } from './planDeploy.ts';
import { rollBackFailed } from './rollBackFailed.ts';

export interface KeptParts extends PlanParts, CarryOutParts {}

/** What a round came to. */
type Came = Omit<Tick, 'at' | 'trigger'>;

const MINUTE = 60_000;
/** Whoever has not looked for so long does not wait for an answer. */
const AWAY_MS = 30 * MINUTE;
const MOST_LINES = 10;

/**
 * A deploy that is done again every few minutes and after each save, for as long as this window wants it: the same places to the same target, as Apply Deploy does it, but without questions. What would need one
 * (a deletion, a field of somebody else) is left alone and told. Its item in the status bar says when it was verified last.
 */
export class KeptDeploy implements Disposable {
  readonly name: string;
  readonly #parts: KeptParts;
  readonly #places: readonly Uri[];
  readonly #binding: Binding & { readonly context: string };
  readonly #identity: string;
  readonly #loop: DeployLoop;
  readonly #item = window.createStatusBarItem('hybridClusters.keptDeploy', StatusBarAlignment.Left, 49);
  readonly #subscriptions: readonly Disposable[];
  readonly #byHand = new Set<string>();
  #wanted: string;
  #awaySince: number | undefined;
  /** What may be done about the last run. */
  #ways: ReturnType<typeof waysOut> = [];

  /** `end`: it is not to go on. */
  constructor(parts: KeptParts, places: readonly Uri[], { plan, name }: Planned, end: () => void) {
    this.name = name;
    this.#parts = parts;
    this.#places = places;
    this.#binding = bindingOf(plan.target);
    this.#identity = identityOf(plan.target);
    this.#wanted = wantedBy(plan);
    this.#awaySince = window.state.focused ? undefined : Date.now();
    this.#loop = new DeployLoop({
      clock: systemClock,
      everyMs: () => Math.max(1, parts.settings.loopMinutes) * MINUTE,
      random: Math.random,
      // whoever saves or asks means it, on battery too
      pausedBecause: async () => this.#pausedBecause() ?? ((await onBattery()) ? onBatteryWords() : undefined),
      round: (trigger, signal) => this.#round(trigger, signal),
    });
    this.#item.name = l10n.t('Hybrid Clusters: kept deployed');
    this.#item.command = 'hybridClusters.keepDeployed';
    this.#subscriptions = [
      this.#item,
      // what the editor saves by itself may be half a word
      workspace.onWillSaveTextDocument(
        ({ document, reason }) => reason === TextDocumentSaveReason.Manual && this.#byHand.add(document.uri.toString()),
      ),
      workspace.onDidSaveTextDocument(({ uri }) => this.#saved(uri)),
      window.onDidChangeWindowState(({ focused }) => this.#look(focused)),
      this.#loop.onDidTick(({ tick, before }) => {
        this.#tell(tick, before);
        if (tick.ends) end();
      }),
      this.#loop.onDidChange(() => this.#show(plan.target)),
    ];
    this.#show(plan.target);
  }

  /** Does it now. */
  now(): void {
    this.#loop.now();
  }

  /** What the last rounds came to, newest first, and how many of a day were good. */
  get lines(): readonly string[] {
    const { ticks } = this.#loop;
    return [...ticks.slice(-MOST_LINES).reverse().map(tickLine), `${successRate(ticks, Date.now())}.`];
  }

  dispose(): void {
    this.#loop.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #holds(uri: Uri): boolean {
    const path = pathOf(uri);
    return this.#places
      .map(pathOf)
      .some((place) => path === place || path.startsWith(place.endsWith(sep) ? place : `${place}${sep}`));
  }

  #saved(uri: Uri): void {
    const isByHand = this.#byHand.delete(uri.toString());
    if (isByHand && this.#holds(uri) && this.#parts.settings.loopOnSave) this.#loop.saved();
  }

  #look(focused: boolean): void {
    const wasAway = this.#awaySince !== undefined && Date.now() - this.#awaySince > AWAY_MS;
    this.#awaySince = focused ? undefined : (this.#awaySince ?? Date.now());
    if (focused && wasAway) this.#loop.now();
  }

  #pausedBecause(): string | undefined {
    if (this.#parts.deployments.isRunning) return l10n.t('a deploy is running');
    const unsaved = workspace.textDocuments.find(({ isDirty, uri }) => isDirty && this.#holds(uri));
    if (unsaved) return l10n.t('{0} is not saved', workspace.asRelativePath(unsaved.uri));
    const isAway = this.#awaySince !== undefined && Date.now() - this.#awaySince > AWAY_MS;
    return isAway ? l10n.t('nobody looked for 30 min') : undefined;
  }

  async #round(trigger: LoopTrigger, signal: AbortSignal): Promise<Came> {
    // a save or a gesture may come while something else goes on
    const paused = trigger === 'time' ? undefined : this.#pausedBecause();
    if (paused !== undefined) return { outcome: 'asks', sentence: l10n.t('{0} was left alone: {1}.', this.name, paused) };
    const made = await planQuietly(this.#parts, this.#places, this.#binding, signal);
    if (!made.ok) return { outcome: 'failed', sentence: made.failure.message };
    const { plan, cluster } = made.value;
    const where = targetName(plan.target);
    if (identityOf(plan.target) !== this.#identity)
      return {
        outcome: 'failed',
        sentence: l10n.t('{0} is another cluster than before. Nothing was written.', plan.target.context),
      };
    if (plan.target.protection !== 'open')
      return { outcome: 'asks', sentence: l10n.t('{0} is protected: nothing goes there by itself. Apply Deploy asks.', where) };
    const changes = changesSomething(plan);
    const isDrift = changes && wantedBy(plan) === this.#wanted && onlyConflicts(plan);
    if (isDrift && (plan.blockers.length > 0 || this.#parts.settings.loopOnDrift === 'tell')) {
      const drift = await describeDrift(plan, cluster, signal);
      return { outcome: 'drifted', sentence: l10n.t('{0} is not as written on {1}: {2}', this.name, where, drift) };
    }
    const [blocker, ...others] = plan.blockers;
    if (blocker) {
      const more = others.length > 0 ? ` ${l10n.t('({0} more)', others.length)}` : '';
      return { outcome: 'failed', sentence: l10n.t('{0} was not deployed: {1}{2}', this.name, blocker.message, more) };
    }
    if (riskySteps(plan).length > 0)
      return {
        outcome: 'asks',
        sentence: l10n.t('{0} → {1}: {2}. Apply Deploy asks first.', this.name, where, toDoLine(plan.counts)),
      };
    return this.#run(made.value, changes, signal);
  }

  async #run(planned: Planned, changes: boolean, signal: AbortSignal): Promise<Came> {
    const { plan, name } = planned;
    const { deployments, log, contexts } = this.#parts;
    const started = await startPlanned(this.#parts, planned);
    if (!started.ok) return { outcome: 'failed', sentence: started.failure.message };
    const { run, about, end } = started.value;
    const cancel = () => run.cancel();
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    deployments.name(plan, name);
    // a round that found nothing to do would push out what can be gone back to
    if (changes) {
      deployments.record(run, about);
      deployments.history.add(run);
    }
    const watching = watchTarget(run, contexts);
    const { outcome, sentence } = await run.done;
    const { notes } = await end;
    watching.dispose();
    signal.removeEventListener('abort', cancel);
    for (const said of notes) log.warn(said);
    this.#ways = waysOut(run);
    if (outcome !== 'unchanged' && outcome !== 'succeeded') return this.#failed(planned, started.value, sentence, signal);
    this.#wanted = wantedBy(plan);
    return { outcome: outcome === 'unchanged' ? 'verified' : 'applied', sentence };
  }

  /** Where it rolled back, it ends: the files would only fail again. */
  async #failed(planned: Planned, started: RecordedRun, sentence: string, signal: AbortSignal): Promise<Came> {
    const back = signal.aborted ? undefined : await rollBackFailed(this.#parts, planned, started, () => undefined, signal);
    if (!back) return { outcome: 'failed', sentence };
    const both = `${sentence} ${back.sentence}`;
    if (!back.back) return { outcome: 'failed', sentence: both };
    return { outcome: 'failed', sentence: `${both} ${l10n.t('{0} is no longer kept deployed.', this.name)}`, ends: true };
  }

  #tell(tick: Tick, before: Tick | undefined): void {
    this.#parts.log.info(tickLine(tick));
    const told = worthTelling(before, tick);
    if (!told) return;
    const [first] = this.#places;
    const deploy = () => commands.executeCommand('hybridClusters.applyDeploy', first, this.#places);
    const needsYes = tick.outcome === 'drifted' || tick.outcome === 'asks';
    const ways = needsYes ? [{ title: l10n.t('Apply Deploy'), run: deploy }] : tick.outcome === 'failed' ? this.#ways : [];
    const titles = ways.map(({ title }) => title);
    void this.#parts.prompts
      .offer(told.sentence, titles, told.severity)
      .then((chosen) => ways.find(({ title }) => title === chosen)?.run());
  }

  #show(target: Planned['plan']['target']): void {
    const { ticks, runs, paused } = this.#loop;
    const last = ticks.at(-1);
    const icon = runs ? 'sync~spin' : paused !== undefined ? 'debug-pause' : !last || isGood(last) ? 'sync' : 'warning';
    const short = paused === onBatteryWords() ? `· ${l10n.t('paused on battery')}` : undefined;
    this.#item.text = `$(${icon}) ${[this.name, last && timeOfDay(last.at), short].filter(Boolean).join(' ')}`;
    const tooltip = new MarkdownString();
    tooltip.appendText(l10n.t('{0} is kept deployed on {1}.', this.name, targetName(target)));
    if (paused !== undefined) tooltip.appendMarkdown('\n\n').appendText(l10n.t('Paused: {0}.', paused));
    for (const line of this.lines) tooltip.appendMarkdown('\n\n').appendText(line);
    this.#item.tooltip = tooltip;
    const state = paused ?? last?.sentence ?? l10n.t('not yet verified');
    this.#item.accessibilityInformation = { label: l10n.t('{0} is kept deployed: {1}', this.name, state) };
    this.#item.show();
  }
}

const onBatteryWords = () => l10n.t('on battery');

/** Whether what blocks a plan, if anything does, is that others hold fields of it: with files that are the same, they took them. */
function onlyConflicts({ blockers, steps }: Plan): boolean {
  return blockers.every(({ step }) => steps.some(({ key, action }) => key === step && action === 'conflict'));
}

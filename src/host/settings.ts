import { type ConfigurationScope, type Disposable, type Event, EventEmitter, workspace } from 'vscode';
import { type Binding, bindingKeys } from '../binding/binding.ts';
import { boolean, each, integer, object, oneOf, type Reader, record, strings, texts } from './settingReader.ts';

const section = 'hybridClusters';

/** When Apply Deploy asks before it writes (experience: `first` deploy to a target, `always`, or only what is `risky`). */
export type Confirm = 'first' | 'always' | 'risky';
/** What Apply Deploy does with what it deployed before and is no longer written. */
export type Prune = 'off' | 'ask' | 'on';
export type SeveritySetting = 'error' | 'warning' | 'information' | 'hint' | 'off';

/** Every setting and how its value is read. The defaults stand in package.json and nowhere else; a test compares the keys. */
export const settingReaders = {
  'clouds.files': strings,
  'kubeconfig.files': strings,
  'kubeconfig.bastions': texts,
  binding: object<Binding>(bindingKeys),
  folderBindings: each(object<Binding>(bindingKeys)),
  'targets.protected': strings,
  'targets.readOnly': strings,
  'deploy.confirm': oneOf<Confirm>('first', 'always', 'risky'),
  'deploy.parallel': integer,
  'deploy.readiness': each<unknown>((value) => value),
  'deploy.prune': oneOf<Prune>('off', 'ask', 'on'),
  'deploy.keepRuns': oneOf<'machine' | 'cluster'>('machine', 'cluster'),
  'deploy.rollBackOnFailure': boolean,
  'deploy.loop.minutes': integer,
  'deploy.loop.onSave': boolean,
  'deploy.loop.onDrift': oneOf<'tell' | 'reapply'>('tell', 'reapply'),
  'check.severity': record<SeveritySetting>('error', 'warning', 'information', 'hint', 'off'),
  'check.clusterSecrets': record<'read' | 'never'>('read', 'never'),
  inlayHints: boolean,
  'refresh.seconds': integer,
  /** Read by the language client itself, under this name. */
  'trace.server': oneOf('messages', 'compact', 'verbose'),
} satisfies Record<string, Reader<unknown>>;

export type SettingKey = keyof typeof settingReaders;
type Value<K extends SettingKey> = (typeof settingReaders)[K] extends Reader<infer T> ? T : never;

/** Settings the language server gets at its start: a change starts it anew. */
export const restartsServer: readonly SettingKey[] = ['check.severity', 'inlayHints'];

/** The one reader of our settings. A value of the wrong type counts as not set. */
export class Settings implements Disposable {
  readonly #changed = new EventEmitter<readonly SettingKey[]>();
  readonly #subscription: Disposable;

  constructor() {
    this.#subscription = workspace.onDidChangeConfiguration((event) => {
      const keys = (Object.keys(settingReaders) as SettingKey[]).filter((key) => event.affectsConfiguration(`${section}.${key}`));
      if (keys.length > 0) this.#changed.fire(keys);
    });
  }

  /** The keys whose value changed, somewhere. */
  get onDidChange(): Event<readonly SettingKey[]> {
    return this.#changed.event;
  }

  get cloudFiles(): readonly string[] {
    return this.#read('clouds.files');
  }

  get kubeconfigFiles(): readonly string[] {
    return this.#read('kubeconfig.files');
  }

  /** By context or host of a server (`*` for any text): the bastion that leads there. */
  get bastions(): Readonly<Record<string, string>> {
    return this.#read('kubeconfig.bastions');
  }

  get protectedTargets(): readonly string[] {
    return this.#read('targets.protected');
  }

  get readOnlyTargets(): readonly string[] {
    return this.#read('targets.readOnly');
  }

  get confirm(): Confirm {
    return this.#read('deploy.confirm');
  }

  /** How many objects are sent at the same time. */
  get parallel(): number {
    return this.#read('deploy.parallel');
  }

  /** By kind: when it works, as it was written. */
  get readiness(): Readonly<Record<string, unknown>> {
    return this.#read('deploy.readiness');
  }

  get prune(): Prune {
    return this.#read('deploy.prune');
  }

  /** Where runs are kept to go back to: on this machine, or in their namespaces, too. */
  get keepRuns(): 'machine' | 'cluster' {
    return this.#read('deploy.keepRuns');
  }

  /** Whether a deploy that failed is rolled back by itself. */
  get rollBackOnFailure(): boolean {
    return this.#read('deploy.rollBackOnFailure');
  }

  /** How often *Keep Deployed* looks by itself. */
  get loopMinutes(): number {
    return this.#read('deploy.loop.minutes');
  }

  /** Whether *Keep Deployed* deploys what is saved. */
  get loopOnSave(): boolean {
    return this.#read('deploy.loop.onSave');
  }

  /** What *Keep Deployed* does about what somebody else changed. */
  get loopOnDrift(): 'tell' | 'reapply' {
    return this.#read('deploy.loop.onDrift');
  }

  get severities(): Readonly<Record<string, SeveritySetting>> {
    return this.#read('check.severity');
  }

  /** By context: whether its Secrets may be read for signing in to OpenStack. */
  get clusterSecrets(): Readonly<Record<string, 'read' | 'never'>> {
    return this.#read('check.clusterSecrets');
  }

  get inlayHints(): boolean {
    return this.#read('inlayHints');
  }

  /** 0: never. */
  get refreshSeconds(): number {
    return this.#read('refresh.seconds');
  }

  /** The binding written for a folder itself (or for the workspace around it). Empty when there is none. */
  binding(folder: ConfigurationScope): Binding {
    return this.#read('binding', folder);
  }

  /** Bindings of folders inside a folder of the workspace, by their path in it. */
  folderBindings(folder: ConfigurationScope): Readonly<Record<string, Binding>> {
    return this.#read('folderBindings', folder);
  }

  #read<K extends SettingKey>(key: K, scope?: ConfigurationScope): Value<K> {
    const configuration = workspace.getConfiguration(section, scope ?? null);
    const reader = settingReaders[key] as Reader<Value<K>>;
    const value = reader(configuration.get(key)) ?? reader(configuration.inspect(key)?.defaultValue);
    if (value === undefined) throw new Error(`The setting ${section}.${key} has no default in package.json.`);
    return value;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

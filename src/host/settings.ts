import { type ConfigurationScope, type Disposable, type Event, EventEmitter, workspace } from 'vscode';
import type { Binding } from '../binding/binding.ts';
import { boolean, integer, object, oneOf, type Reader, record, strings } from './settingReader.ts';

const section = 'hybridClusters';

/** When Apply Deploy asks before it writes (experience: `first` deploy to a target, `always`, or only what is `risky`). */
export type Confirm = 'first' | 'always' | 'risky';
export type SeveritySetting = 'error' | 'warning' | 'information' | 'hint' | 'off';

/** Every setting and how its value is read. The defaults stand in package.json and nowhere else; a test compares the keys. */
export const settingReaders = {
  'clouds.files': strings,
  'kubeconfig.files': strings,
  binding: object<Binding>(['cloud', 'project', 'region', 'context', 'namespace']),
  'targets.protected': strings,
  'targets.readOnly': strings,
  'deploy.confirm': oneOf<Confirm>('first', 'always', 'risky'),
  'deploy.parallel': integer,
  'check.severity': record<SeveritySetting>('error', 'warning', 'information', 'hint', 'off'),
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

  get severities(): Readonly<Record<string, SeveritySetting>> {
    return this.#read('check.severity');
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

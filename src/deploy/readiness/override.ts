import { type Fields, isFields, type Path } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { readDuration } from './patience.ts';
import { condition } from './status.ts';

/** What a user says of a kind instead of our rule. */
export interface Override {
  /** Holds when the object works; absent: our own rule decides, or it works once it exists. */
  readonly ready?: (object: KubeObject) => boolean;
  readonly failed?: (object: KubeObject) => boolean;
  /** It works as soon as it exists. */
  readonly exists?: true;
  /** How long it may take without progress, in ms. */
  readonly within?: number;
  /** The expressions as written. */
  readonly words: { readonly ready: string; readonly failed: string };
}

/** By `group/Kind`, the core group being empty: `/Service`. */
export type Overrides = ReadonlyMap<string, Override>;

type Check = (object: KubeObject) => boolean;

/**
 * The setting `hybridClusters.deploy.readiness`: by kind (`Service`, `apps/Deployment`, `toys.example/Robot`), in the words of `kubectl wait --for`: `condition=Ready`,
 * `condition=Degraded=False`, `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}`, or `exists`; or an object with `ready`, `failed` (the same words) and `within` (`20m`, without
 * progress). What cannot be read does not count and is told in a sentence each.
 */
export function readOverrides(
  setting: Readonly<Record<string, unknown>>,
  named = 'The setting hybridClusters.deploy.readiness',
): { readonly overrides: Overrides; readonly problems: readonly string[] } {
  const overrides = new Map<string, Override>();
  const problems: string[] = [];
  for (const [kind, value] of Object.entries(setting)) {
    const read = readOverride(value);
    if (typeof read === 'string') problems.push(`${named} says of ${kind} ${read}. It does not count.`);
    else overrides.set(kind.includes('/') ? kind : `/${kind}`, read);
  }
  return { overrides, problems };
}

function readOverride(value: unknown): Override | string {
  const fields: Fields = typeof value === 'string' ? { ready: value } : isFields(value) ? value : { ready: undefined };
  const stray = Object.keys(fields).find((key) => !['ready', 'failed', 'within'].includes(key));
  if (stray !== undefined) return `"${stray}", which is none of ready, failed and within`;
  const { ready, failed, within } = fields;
  const exists = ready === 'exists';
  const checks = [exists ? undefined : ready, failed].map((one) => (one === undefined ? undefined : readCheck(one)));
  const wrong = [ready, failed].find(
    (one, index) => one !== undefined && !(index === 0 && exists) && checks[index] === undefined,
  );
  if (wrong !== undefined)
    return `"${String(wrong)}", which is no "exists", "condition=Type", "condition=Type=Status", "jsonpath={.path}" or "jsonpath={.path}=value"`;
  const time = typeof within === 'string' ? readDuration(within) : undefined;
  if (within !== undefined && time === undefined) return `within "${String(within)}", which is no time such as "90s" or "20m"`;
  if (ready === undefined && failed === undefined && time === undefined) return 'nothing';
  const [isReady, isFailed] = checks;
  return {
    ...(isReady ? { ready: isReady } : {}),
    ...(isFailed ? { failed: isFailed } : {}),
    ...(exists ? { exists: true as const } : {}),
    ...(time === undefined ? {} : { within: time }),
    words: { ready: String(ready ?? ''), failed: String(failed ?? '') },
  };
}

/** Whether an object is as `kubectl wait --for` would wait for it; undefined for words that are none of those. */
export function readCheck(words: unknown): Check | undefined {
  if (typeof words !== 'string') return undefined;
  const condition = /^condition=([^=\s]+)(?:=(\w+))?$/.exec(words);
  if (condition) return conditionCheck(condition[1] ?? '', condition[2] ?? 'True');
  const jsonpath = /^jsonpath='?\{?(.*?)\}?'?(?:=([^=}\]]*))?$/.exec(words);
  if (!jsonpath) return undefined;
  const steps = readJsonPath(jsonpath[1] ?? '');
  if (steps === undefined) return undefined;
  const wanted = jsonpath[2];
  return (object) => {
    const values = follow([object], steps).filter((value) => value !== undefined && value !== null);
    if (wanted === undefined) return values.length > 0 && values.every((value) => value !== '');
    return values.length > 0 && values.every((value) => String(value) === wanted);
  };
}

function conditionCheck(type: string, status: string): Check {
  return (object) => String(condition(object, type)?.['status'] ?? '').toLowerCase() === status.toLowerCase();
}

/** A step of a JSONPath: a field or index, all members, or those whose field has a value. */
type Step = { readonly at: Path[number] } | { readonly all: true } | { readonly where: string; readonly is: string };

const STEP = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]|\[(\*)\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]/y;

/** The part of JSONPath that kubectl wait is used with: `.a.b[0]['x.y/z'][*].c`, `[?(@.type=="Ready")]`. */
function readJsonPath(text: string): Step[] | undefined {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const [, name, index, quoted, all, where, is] = STEP.exec(text) ?? [];
    const step = name ?? quoted ?? (index === undefined ? undefined : Number(index));
    if (step !== undefined) steps.push({ at: step });
    else if (all !== undefined) steps.push({ all: true });
    else if (where !== undefined) steps.push({ where, is: is ?? '' });
    else return undefined;
  }
  return steps.length === 0 ? undefined : steps;
}

function follow(values: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  return steps.reduce<readonly unknown[]>(
    (found, step) =>
      found.flatMap((value): unknown[] => {
        if ('at' in step) return [member(value, step.at)];
        if (!Array.isArray(value)) return [];
        return 'all' in step ? value : value.filter((one) => isFields(one) && String(one[step.where]) === step.is);
      }),
    values,
  );
}

function member(value: unknown, at: Path[number]): unknown {
  if (Array.isArray(value)) return value[Number(at)];
  return isFields(value) ? value[String(at)] : undefined;
}

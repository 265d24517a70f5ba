import { isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';
import { asSettings, type Settings } from './configFiles.ts';

/**
 * The text of a clouds.yaml with one entry more. Every other character stays as it is: comments, order, quotes, indentation; the new entry stands last, indented as its neighbours are.
 * Fails with `invalid` for a text that is no clouds file, and with `conflict` when it has an entry of that name.
 */
export function withCloud(text: string, name: string, entry: Settings): Result<string> {
  const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
  const [trouble] = document.errors;
  if (trouble) return failed('invalid', `It is not valid YAML (${trouble.message.split('\n')[0]}). Mend it first.`);
  const root = document.contents;
  if (root !== null && !isMap(root)) return failed('invalid', 'It is no mapping, as a clouds file is.');
  const clouds = root ? pairOf(root, 'clouds') : undefined;
  if (clouds && isMap(clouds.value) && clouds.value.has(name))
    return failed('conflict', `It has a cloud called ${name} already. Choose another name.`);
  const added = placed(text, root, clouds, name, entry);
  // Flow style (`clouds: {}`, JSON) and what else the insertion was not made for: written anew by the library, comments kept.
  if (added !== undefined && holds(added, text, name, entry)) return success(added);
  const json = jsonOf(text);
  if (json) return success(`${JSON.stringify({ ...json, clouds: { ...asSettings(json['clouds']), [name]: entry } }, null, 2)}\n`);
  if (!clouds || !isMap(clouds.value) || clouds.value.items.length === 0) document.set('clouds', document.createNode({}));
  document.setIn(['clouds', name], document.createNode(entry));
  return success(document.toString({ lineWidth: 0 }));
}

/** The text as JSON, if it is that: what stands in a `clouds.json`. */
function jsonOf(text: string): Settings | undefined {
  try {
    return asSettings(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The text with the entry put behind the last one, or with a `clouds:` of its own; undefined where there is no such place. */
function placed(text: string, root: YAMLMap | null, clouds: Pair | undefined, name: string, entry: Settings): string | undefined {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  if (root?.flow) return undefined;
  if (!clouds) return `${whole}${stringify({ clouds: { [name]: entry } }, { lineWidth: 0, version: '1.1' })}`;
  const list = clouds.value;
  if (!isMap(list) || list.flow || list.items.length === 0) return undefined;
  const indent = columnOf(text, list.items[0]);
  const end = list.range?.[1];
  if (indent === undefined || end === undefined) return undefined;
  const step = stepOf(text, list, indent);
  const lines = stringify({ [name]: entry }, { lineWidth: 0, indent: step, version: '1.1' })
    .trimEnd()
    .split('\n');
  const block = lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
  const at = endOfLastLine(whole, end);
  return whole.slice(0, at) + block + whole.slice(at);
}

/** Behind the line on which the last entry ends; blank lines and comments of what follows stay with it. */
function endOfLastLine(text: string, end: number): number {
  const last = text.slice(0, end).trimEnd().length;
  const newline = text.indexOf('\n', last);
  return newline < 0 ? text.length : newline + 1;
}

/** How deep the keys of the entries stand below their name; 2 where no entry shows it. */
function stepOf(text: string, list: YAMLMap, indent: number): number {
  for (const { value } of list.items) {
    const column = isMap(value) && !value.flow ? columnOf(text, value.items[0]) : undefined;
    if (column !== undefined && column > indent) return column - indent;
  }
  return 2;
}

function columnOf(text: string, pair: Pair | undefined): number | undefined {
  const start = pair && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
  if (start === undefined) return undefined;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Whether the new text says what the old one said, and the entry. */
function holds(added: string, before: string, name: string, entry: Settings): boolean {
  const read = (text: string) => {
    const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : (document.toJS() ?? {});
  };
  const old = read(before);
  const wanted = { ...old, clouds: { ...asSettings(old?.clouds), [name]: entry } };
  return JSON.stringify(sorted(read(added))) === JSON.stringify(sorted(wanted));
}

/** Keys in order, so that texts can be compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}

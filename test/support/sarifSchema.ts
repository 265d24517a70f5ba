/**
 * The parts of the SARIF 2.1.0 schema that a report of ours uses: which fields there are, which must be, and what they may hold. Source: OASIS, `sarif-schema-2.1.0.json`
 * (`additionalProperties: false` all over), and the prose for what the schema cannot say (§3.27.23 suppressions, §3.27.24 baselineState, §3.52.3 ruleIndex).
 */
type Check = (value: unknown, path: string) => string[];
type Region = { startLine: number; startColumn: number; endLine: number; endColumn: number };
type Physical = { artifactLocation: { uri: string; uriBaseId?: string }; region: Region };

/** A log as our tests read it, once {@link brokenSarif} finds nothing. */
export interface SarifLog {
  runs: [
    {
      tool: { driver: { rules: { id: string }[] } };
      columnKind: string;
      originalUriBaseIds: object;
      properties: object;
      invocations: [
        {
          executionSuccessful: boolean;
          exitCode: number;
          toolExecutionNotifications: object[];
          ruleConfigurationOverrides?: { descriptor: { id: string }; configuration: object }[];
        },
      ];
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        baselineState?: string;
        partialFingerprints: Record<string, string>;
        suppressions: { kind: string; justification?: string }[];
        locations: [{ physicalLocation: Physical; logicalLocations?: { fullyQualifiedName: string; kind: string }[] }];
        relatedLocations?: { physicalLocation: Physical }[];
        fixes?: object[];
      }[];
    },
  ];
}

const text: Check = (value, path) => (typeof value === 'string' && value !== '' ? [] : [`${path} is no text`]);
const flag: Check = (value, path) => (typeof value === 'boolean' ? [] : [`${path} is no boolean`]);
const whole =
  (from: number): Check =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= from ? [] : [`${path} is no integer from ${from}`];
const one =
  (...words: readonly string[]): Check =>
  (value, path) =>
    words.includes(String(value)) ? [] : [`${path} is none of ${words.join(', ')}`];
const matching =
  (pattern: RegExp): Check =>
  (value, path) =>
    pattern.test(String(value)) ? [] : [`${path} does not match ${pattern}`];
const list =
  (item: Check, least = 0): Check =>
  (value, path) =>
    !Array.isArray(value) || value.length < least
      ? [`${path} is no list of at least ${least}`]
      : value.flatMap((entry, index) => item(entry, `${path}[${index}]`));
const record =
  (item: Check): Check =>
  (value, path) =>
    Object.entries(Object(value) as object).flatMap(([key, entry]) => item(entry, `${path}.${key}`));
const any: Check = (value, path) => (typeof value === 'object' && value !== null ? [] : [`${path} is no object`]);

/** An object with these fields and no others; those that end in `?` may be missing. */
function object(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
    const has = value as Record<string, unknown>;
    const names = Object.keys(fields).map((name) => name.replace('?', ''));
    return [
      ...Object.keys(has).flatMap((key) => (names.includes(key) ? [] : [`${path}.${key} is not in the schema`])),
      ...Object.entries(fields).flatMap(([field, check]) => {
        const name = field.replace('?', '');
        if (has[name] === undefined) return field.endsWith('?') ? [] : [`${path}.${name} is missing`];
        return check(has[name], `${path}.${name}`);
      }),
    ];
  };
}

const absolute = matching(/^[a-z][a-z+.-]*:\/\/\S+$/);
const reference = matching(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/);
const time = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const level = one('none', 'note', 'warning', 'error');
const message = object({ text });
const artifact = object({ uri: reference, 'uriBaseId?': text });
const region = object({ startLine: whole(1), 'startColumn?': whole(1), 'endLine?': whole(1), 'endColumn?': whole(1) });
/** §3.33; the kinds of §3.33.7 that fit what has fields. */
const logical = object({
  'name?': text,
  'fullyQualifiedName?': text,
  'decoratedName?': text,
  'kind?': one('object', 'property', 'resource'),
});
const location = object({
  'id?': whole(0),
  'message?': message,
  'physicalLocation?': object({ artifactLocation: artifact, 'region?': region }),
  'logicalLocations?': list(logical, 1),
});
const rule = object({
  id: text,
  'shortDescription?': message,
  'fullDescription?': message,
  'helpUri?': absolute,
  'help?': object({ text, 'markdown?': text }),
  'defaultConfiguration?': object({ level }),
  'properties?': any,
});
const invocation = object({
  executionSuccessful: flag,
  'exitCode?': whole(0),
  'exitCodeDescription?': text,
  'startTimeUtc?': time,
  'endTimeUtc?': time,
  'toolExecutionNotifications?': list(object({ level, message })),
  'ruleConfigurationOverrides?': list(
    object({ descriptor: object({ id: text, index: whole(0) }), configuration: object({ 'level?': level, 'enabled?': flag }) }),
  ),
});
const fix = object({
  description: message,
  artifactChanges: list(
    object({ artifactLocation: artifact, replacements: list(object({ deletedRegion: region, insertedContent: message }), 1) }),
    1,
  ),
});
const result = object({
  ruleId: text,
  ruleIndex: whole(0),
  level,
  message,
  locations: list(location, 1),
  'relatedLocations?': list(location, 1),
  partialFingerprints: record(matching(/^[0-9a-f]{32}$/)),
  'baselineState?': one('new', 'unchanged', 'updated', 'absent'),
  'suppressions?': list(object({ kind: one('inSource', 'external'), 'justification?': text })),
  'fixes?': list(fix, 1),
});
const run = object({
  tool: object({ driver: object({ name: text, version: text, semanticVersion: text, rules: list(rule) }) }),
  columnKind: one('utf16CodeUnits', 'unicodeCodePoints'),
  originalUriBaseIds: record(object({ uri: matching(/^file:\/\/\S+\/$/) })),
  invocations: list(invocation),
  results: list(result),
  properties: any,
});
const log = object({
  $schema: one('https://json.schemastore.org/sarif-2.1.0.json'),
  version: one('2.1.0'),
  runs: list(run, 1),
});

/** What of a log is not as SARIF wants it, one line each. */
export function brokenSarif(value: unknown): string[] {
  const broken = log(value, 'log');
  if (broken.length > 0) return broken;
  const { results, tool } = (value as SarifLog).runs[0];
  const { rules } = tool.driver;
  const ids = new Set(rules.map(({ id }) => id));
  return [
    ...(ids.size === rules.length ? [] : ['two rules have one id']),
    ...results.flatMap(({ ruleId, ruleIndex }, index) =>
      rules[ruleIndex]?.id === ruleId ? [] : [`results[${index}].ruleIndex leads to another rule than ${ruleId}`],
    ),
    ...['baselineState', 'suppressions'].flatMap((field) => {
      const having = results.filter((one) => Object.hasOwn(one, field)).length;
      return having === 0 || having === results.length ? [] : [`${field} stands on some results only`];
    }),
  ];
}

import { isScalar, type ScalarTag, type Tags } from 'yaml';

const booleans = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const integers = /^(?:[-+]_*)?[0-9][0-9a-fA-FxXoO_]*$/;
const integer64 = /^[-+]?(?:0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
const floats = /^(?:\.[0-9]|[-+]?[0-9]|[-+][_.])[-+0-9._eE]*$/;
const float64 = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const endless = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

const boolean: ScalarTag = {
  identify: (value) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: booleans,
  resolve: (text) => /^(?:y|t|on)/i.test(text),
};
const integer: ScalarTag = {
  identify: (value) => typeof value === 'bigint' || Number.isInteger(value),
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: integers,
  resolve: (text) => numberOf(text) ?? text,
};
const float: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: floats,
  resolve: (text) => numberOf(text) ?? text,
};
const notFinite: ScalarTag = {
  identify: (value) => typeof value === 'number' && !Number.isFinite(value),
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: endless,
  resolve: (text) =>
    /nan/i.test(text) ? Number.NaN : text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
};
/** kubectl keeps the text of what says that it is a time. */
const timestamp: ScalarTag = { default: false, tag: 'tag:yaml.org,2002:timestamp', resolve: (text) => text };

/**
 * Scalars as kubectl reads them: Go's YAML decoder by way of JSON (sigs.k8s.io/yaml, goyaml.v2 `resolve.go`), which is neither YAML 1.1 nor 1.2. `yes` is true, `0644` octal,
 * `1_000` a number; dates and `12:30` stay texts; whole numbers of 64 bits keep all
 * their digits, larger ones become floating-point numbers.
 */
export function kubectlScalars(core: Tags): Tags {
  const replaced = new Set(['tag:yaml.org,2002:bool', 'tag:yaml.org,2002:int', 'tag:yaml.org,2002:float']);
  const kept = core.filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [...kept, boolean, integer, notFinite, float, timestamp];
}

/** The first characters of what may be something else than a text, by their codes: asked of every scalar. */
const mayBeOther: readonly (true | undefined)[] = [...'-+.~0123456789fFnNoOtTyY'].reduce<true[]>((table, one) => {
  table[one.charCodeAt(0)] = true;
  return table;
}, []);

/** The value of a plain scalar that nobody can read otherwise, as nearly all are: a text that begins like nothing else, or a small whole number. Undefined for others. */
export function clearValue(source: string): string | number | undefined {
  const first = source.charCodeAt(0);
  if (!mayBeOther[first]) return source === '' ? undefined : source;
  if (source.length > 15 || first < ONE || first > NINE) return undefined;
  for (let at = 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code < ZERO || code > NINE) return undefined;
  }
  return Number(source);
}

const [ZERO, ONE, NINE] = [48, 49, 57];

/** The value of a plain scalar without a tag. */
export function plainValue(source: string): unknown {
  // Most are words: their first letter tells.
  if (!mayBeOther[source.charCodeAt(0)]) return source === '' ? null : source;
  if (/^(?:~|[Nn]ull|NULL)$/.test(source)) return null;
  if (booleans.test(source)) return /^(?:y|t|on)/i.test(source);
  if (endless.test(source)) return notFinite.resolve?.(source, () => {}, {});
  return integers.test(source) || floats.test(source) ? (numberOf(source) ?? source) : source;
}

/**
 * What kubectl makes of a plain scalar that reads otherwise to a person or to a reader of YAML 1.2: `true` for `yes`, `420` for `0644`, `1000` for `1_000`, a rounded
 * number for one of twenty digits. Undefined when nobody can be misled.
 */
export function surprise(source: string): string | undefined {
  // Most are words: their first letter tells.
  if (!mayBeOther[source.charCodeAt(0)]) return undefined;
  if (booleans.test(source) && !/^(?:true|false)$/i.test(source)) return String(boolean.resolve?.(source, () => {}, {}));
  const number = numberOf(source);
  if (number === undefined) return undefined;
  const digits = source.replace(/^[-+]/, '');
  const isOctal = /^0[0-7_]+$/.test(digits) && !/^0+$/.test(digits);
  const isUnderscored = digits.includes('_') || /^0b/i.test(digits);
  const isRounded = typeof number === 'number' && /^[0-9]+$/.test(digits) && !Number.isSafeInteger(number);
  return isOctal || isUnderscored || isRounded ? String(number) : undefined;
}

/** Whether a number ends in zeros behind its point, which are lost: 1.30 is 1.3. */
export function losesDigits(source: string): boolean {
  return /^[-+]?\d*\.\d*0$/.test(source);
}

/** A key as JSON has it. */
export function keyText(key: unknown): string {
  return isScalar(key) ? (typeof key.value === 'symbol' ? (key.value.description ?? '') : String(key.value)) : '';
}

/** The number that Go's decoder makes of a plain scalar: `strconv.ParseInt` with the base of its prefix, then `ParseUint`, then `ParseFloat`. Undefined when it stays a text. */
function numberOf(text: string): number | bigint | undefined {
  // It removes underscores, but not from what begins with a dot.
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  if (integer64.test(plain)) {
    // Few digits need no large number.
    if (plain.length <= 15 && /^[-+]?(?:0|[1-9]\d*)$/.test(plain)) return Number(plain) + 0;
    const whole = toInteger(plain);
    if (whole >= -(2n ** 63n) && whole < 2n ** 63n)
      return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
    if (whole >= 0n && whole < 2n ** 64n) return Number(whole);
  }
  const number = float64.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function toInteger(plain: string): bigint {
  const digits = plain.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return BigInt(octal) * (plain.startsWith('-') ? -1n : 1n);
}

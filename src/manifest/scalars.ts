import type { ScalarTag, Tags } from 'yaml';

const booleans = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const integers = /^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$/;
const floats = /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
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
  resolve: (text) => toInteger(text),
};
const float: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: floats,
  resolve: (text) => Number(text.replaceAll('_', '')),
};
const notFinite: ScalarTag = {
  identify: (value) => typeof value === 'number' && !Number.isFinite(value),
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: endless,
  resolve: (text) =>
    /nan/i.test(text) ? Number.NaN : text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
};

/**
 * Scalars as kubectl reads them: Go's YAML decoder by way of JSON (sigs.k8s.io/yaml, goyaml.v2 `resolve.go`), which is neither YAML 1.1 nor 1.2. `yes` is true, `0644` octal,
 * `1_000` a number; dates and `12:30` stay texts; whole numbers keep all their digits.
 */
export function kubectlScalars(core: Tags): Tags {
  const replaced = new Set(['tag:yaml.org,2002:bool', 'tag:yaml.org,2002:int', 'tag:yaml.org,2002:float']);
  const kept = core.filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [...kept, boolean, integer, notFinite, float];
}

/** What kubectl makes of a plain scalar that reads otherwise to a person: `true` for `yes`, `420` for `0644`. Undefined when nobody can be misled. */
export function surprise(source: string): string | undefined {
  if (booleans.test(source) && !/^(?:true|false)$/i.test(source)) return String(boolean.resolve?.(source, () => {}, {}));
  if (/^[-+]?0[0-7_]+$/.test(source) && !/^[-+]?0+$/.test(source)) return String(toInteger(source));
  return undefined;
}

function toInteger(text: string): number | bigint {
  const plain = text.replaceAll('_', '');
  const negative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const value = BigInt(octal) * (negative ? -1n : 1n);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** What a suffix multiplies by, as a fraction of whole numbers. Source: apimachinery, `resource.Quantity`. */
const suffixes: Readonly<Record<string, readonly [times: bigint, over: bigint]>> = {
  n: [1n, 10n ** 9n],
  u: [1n, 10n ** 6n],
  m: [1n, 10n ** 3n],
  '': [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n],
};
const billion = 10n ** 9n;
const largest = (2n ** 63n - 1n) * billion;
/** Beyond so many powers of ten every number is the largest one, or the smallest. */
const mostDigits = 40;

/**
 * A quantity in billionths of its unit, exactly: `1500m` is 1 500 000 000. What is finer is rounded away from zero, what is larger than 2⁶³−1 is that; undefined for what is no
 * quantity. `12E` is 12·10¹⁸ and `12E3` is 12 000. Source: apimachinery, `resource.ParseQuantity`.
 */
export function parseQuantity(text: string): bigint | undefined {
  const [, sign, whole = '', part = '', rest = ''] = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/s.exec(text) ?? [];
  const [, exponent] = /^[eE]([+-]?\d+)$/.exec(rest) ?? [];
  const suffix = suffixes[exponent === undefined ? rest : ''];
  if (whole + part === '' || !suffix || whole.length + part.length > 1000) return undefined;
  const power = Math.max(-1000 - mostDigits, Math.min(mostDigits, Number(exponent ?? 0)));
  const [times, over] = suffix;
  const above = BigInt(whole + part) * times * billion * 10n ** BigInt(Math.max(0, power));
  const below = over * 10n ** BigInt(part.length + Math.max(0, -power));
  const value = (above + below - 1n) / below;
  const bounded = value > largest ? largest : value;
  return sign === '-' ? -bounded : bounded;
}

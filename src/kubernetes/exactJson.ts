/**
 * JSON text that keeps whole numbers beyond 2^53, which arrive as `bigint`, exact: kubectl sends them so. Everything else as `JSON.stringify`.
 */
export function exactJson(value: unknown): string {
  const numbers: bigint[] = [];
  const mark = '\u0000bigint\u0000';
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'bigint') return member;
    numbers.push(member);
    return mark;
  });
  if (numbers.length === 0) return text;
  const written = JSON.stringify(mark);
  let next = 0;
  return text.replaceAll(written, () => String(numbers[next++]));
}

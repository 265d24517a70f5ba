/** Whether kubectl reads a text that stands without quotes as that text. */
export function isPlain(text: string): boolean {
  return (
    /^[A-Za-z0-9_./][\w./ -]*$/.test(text) &&
    !/^(?:[\d._+-]+(?:e[+-]?\d+)?|0x[\da-f]+|0o[0-7]+|0b[01]+|y|n|yes|no|on|off|true|false|null|~)$/i.test(text) &&
    !text.endsWith(' ')
  );
}

/** What no file of Windows may be called. Source: Win32, "Naming Files, Paths, and Namespaces". */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/**
 * The path, relative and with `/`, under which an object is kept on a disk. What would lead elsewhere or cannot be a name there is written with percent signs: empty parts, `.`, `..`,
 * and on Windows its forbidden characters and names. A name that ends with `/` is a folder and nothing else: undefined.
 */
export function localPathOf(name: string, onWindows: boolean): string | undefined {
  if (name.endsWith('/')) return undefined;
  return name
    .split('/')
    .map((part) => partOf(part, onWindows))
    .join('/');
}

function partOf(part: string, onWindows: boolean): string {
  if (part === '') return '%2F';
  if (part === '.' || part === '..') return part.replaceAll('.', '%2E');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const forbidden = onWindows ? /[<>:"\\|?*\x00-\x1f]|[. ]$/g : /\x00/g;
  const plain = part.replace(forbidden, (character) => encoded(character));
  return onWindows && reserved.test(plain) ? `%${encoded(plain.charAt(0)).slice(1)}${plain.slice(1)}` : plain;
}

const encoded = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

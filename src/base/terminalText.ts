const introducer = '\u001b[';

/**
 * Control sequences as terminals read them (ECMA-48; xterm's ctlseqs): CSI, then strings (OSC, DCS, SOS, PM, APC) to their end, then two-character ones. In their 8-bit forms too,
 * which xterm.js takes from decoded text.
 */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /(?:\u001b\[|\u009b)([0-?]*)([ -/]*)([@-~])|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]?/g;
// C0 but the tab, DEL, C1.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
/** What turns a text around (embeddings, overrides, isolates) and what some take for the end of a line. */
const disorder = /[\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;
const harmless = /^[\t -~]*$/;

/**
 * A line that somebody else wrote, fit for a terminal: colours and weight (SGR) stay and end with the line; every other control sequence is taken out, so that no line can move the cursor,
 * set a title, fill the clipboard or answer in the user's name; other control characters are shown as their pictures (␇).
 */
export function terminalText(text: string): string {
  if (harmless.test(text)) return text;
  let isColoured = false;
  const clean = clear(text, (parameters) => {
    const kept = visibleColours(parameters);
    isColoured ||= kept !== '';
    return kept;
  });
  return isColoured ? `${clean}${introducer}0m` : clean;
}

/** The same for a file or document: without colours. */
export function colourlessText(text: string): string {
  return harmless.test(text) ? text : clear(text, () => '');
}

function clear(text: string, colours: (parameters: string) => string): string {
  const parts: string[] = [];
  let from = 0;
  for (const found of text.matchAll(sequence)) {
    const [whole, parameters = '', between = '', final = ''] = found;
    parts.push(shown(text.slice(from, found.index)));
    if (final === 'm' && between === '' && /^[\d;:]*$/.test(parameters)) parts.push(colours(parameters));
    from = found.index + whole.length;
  }
  parts.push(shown(text.slice(from)));
  return parts.join('');
}

function shown(text: string): string {
  return text
    .replace(controls, (character) => {
      const code = character.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
    })
    .replace(disorder, '\ufffd');
}

/** The sequence with hidden and blinking text taken out of it (8, 5, 6). Colours by number or RGB bring their own numbers along: `38;5;8`, `48;2;r;g;b`. */
function visibleColours(parameters: string): string {
  const given = parameters.split(';');
  const kept: string[] = [];
  for (let at = 0; at < given.length; at++) {
    const one = given[at] ?? '';
    if (one === '38' || one === '48' || one === '58') {
      const count = given[at + 1] === '5' ? 3 : given[at + 1] === '2' ? 5 : 1;
      kept.push(...given.slice(at, at + count));
      at += count - 1;
    } else if (!/^0*[568](?::|$)/.test(one)) kept.push(one);
  }
  return kept.length === 0 ? '' : `${introducer}${kept.join(';')}m`;
}

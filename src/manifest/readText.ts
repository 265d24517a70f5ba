import { Document, isMap } from 'yaml';
import { environmentMap, iniMap } from './configurationMap.ts';
import type { ReadBefore } from './edit.ts';
import { readEnvironment } from './environmentVariables.ts';
import { givesParameters, namedForm } from './form.ts';
import { readIni } from './ini.ts';
import { type LocalFinding, type ParsedDocument, parseDocument, type ReadingLimits } from './parse.ts';
import type { Syntax } from './syntax.ts';

/** What every reader of YAML trips over. The other findings of the parser are about what kubectl alone does. */
const everyReader = new Set([
  'yaml.syntax',
  'yaml.duplicateKey',
  'yaml.conflict',
  'yaml.tooLarge',
  'yaml.tooDeep',
  'yaml.character',
]);

/** Parses the text of one document in the syntax of its file. Never throws. `limits` and `before` are those of YAML. */
export function readText(text: string, syntax: Syntax = 'yaml', limits?: ReadingLimits, before?: ReadBefore): ParsedDocument {
  if (syntax !== 'yaml') {
    const root = syntax === 'ini' ? iniMap(readIni(text)) : environmentMap(readEnvironment(text));
    return { text, tree: new Document(root), findings: [], template: false, form: syntax === 'ini' ? 'cloud.conf' : 'openrc' };
  }
  const parsed = parseDocument(text, limits, before);
  const root = parsed.tree?.contents;
  if (!parsed.tree || !isMap(root) || parsed.findings.length === 0) return parsed;
  if (namedForm(root, parsed.tree) === undefined && !givesParameters(root)) return parsed;
  return { ...parsed, findings: parsed.findings.filter(({ code }) => everyReader.has(code)).map(mild) };
}

/** Other readers take the last of two, too; Heat and Kubespray ship files that have some. */
function mild(finding: LocalFinding): LocalFinding {
  if (finding.code !== 'yaml.duplicateKey') return finding;
  const message = finding.message.replace(/; kubectl would silently take the last\..*$/, '; the last counts, without a word.');
  return { ...finding, severity: 'warning', message };
}

import { failed, type Result, success } from '../../base/failure.ts';
import { type Fields, isFields } from '../../base/fields.ts';
import { toJson } from '../../manifest/json.ts';
import { parseManifests } from '../../manifest/manifest.ts';
import type { ManifestFile } from '../files/discover.ts';

/** A template or an environment as plain data. Fails with `invalid`, naming the file: broken YAML, no mapping. */
export function templateDocument({ file, text }: ManifestFile): Result<Fields> {
  const [first] = parseManifests(file, text);
  if (!first) return success({});
  const broken = first.local.document.findings.find(({ severity }) => severity === 'error');
  const read = broken ? failed('invalid', broken.message) : toJson(first.local.root, first.local.tree);
  if (!read.ok) return failed('invalid', `${file}: ${read.failure.message}`);
  return isFields(read.value) ? success(read.value) : failed('invalid', `${file} is no template or environment.`);
}

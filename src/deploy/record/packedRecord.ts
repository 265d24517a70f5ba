import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { RunRecord } from './runRecord.ts';

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];
/** A record that unpacks to more is not one of ours. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A record as it is kept: gzip over its JSON. */
export function packRecord(record: RunRecord): Promise<Buffer> {
  return pack(JSON.stringify(record));
}

/** The record in some bytes; undefined when there is none, or one of a later format. */
export async function unpackRecord(bytes: Uint8Array): Promise<RunRecord | undefined> {
  try {
    const text = await unpack(bytes, { maxOutputLength: MOST_BYTES });
    const record = JSON.parse(text.toString('utf8')) as RunRecord;
    return record.format === 1 && Array.isArray(record.steps) ? record : undefined;
  } catch {
    return undefined;
  }
}

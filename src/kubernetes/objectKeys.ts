import type { ApiKind, KubeObject } from './cluster.ts';

/** One key of a Secret or a ConfigMap. The value stays in the object until it is asked for. */
export interface ObjectKeyValue {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** As it is when it is text, else as Base64. */
  value(): { readonly text: string; readonly binary: boolean };
}

/** Whether objects of a kind hold keys: Secrets and ConfigMaps. */
export function holdsKeys({ group, kind }: Pick<ApiKind, 'group' | 'kind'>): boolean {
  return group === '' && (kind === 'Secret' || kind === 'ConfigMap');
}

/** The keys of a Secret (`data` is Base64) or a ConfigMap (`data` is text, `binaryData` Base64), by name. Source: API reference, core/v1. */
export function keysOf(object: KubeObject): readonly ObjectKeyValue[] {
  const encoded = (part: string) => pairs(object[part]).map(([name, value]) => keyOf(name, Buffer.from(value, 'base64')));
  const plain = pairs(object['data']).map(([name, value]) => keyOf(name, Buffer.from(value)));
  const keys = object.kind === 'Secret' ? encoded('data') : [...plain, ...encoded('binaryData')];
  return keys.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function keyOf(name: string, bytes: Buffer): ObjectKeyValue {
  return {
    name,
    size: bytes.byteLength,
    value: () => {
      try {
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        if (!text.includes('\u0000')) return { text, binary: false };
      } catch {
        // Not UTF-8.
      }
      return { text: bytes.toString('base64'), binary: true };
    },
  };
}

function pairs(data: unknown): readonly (readonly [string, string])[] {
  return typeof data === 'object' && data !== null
    ? Object.entries(data).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    : [];
}

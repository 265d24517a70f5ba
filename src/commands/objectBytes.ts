import { l10n } from 'vscode';
import { failed, type Result } from '../base/failure.ts';
import type { ObjectAddress, ObjectBytes } from '../host/objectFiles.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { headObject, type ObjectPlace, readObject, writeObject } from '../openstack/objectStore.ts';
import { type ProtectionParts, readOnlySentence } from './readOnly.ts';

/** What an editor takes: VS Code opens larger texts without colours and slowly. In bytes. */
export const largestOpened = 20 * 1024 * 1024;

/** Objects as the editor reads and writes them, of the clouds as they are opened by then. */
export function objectBytes(parts: ProtectionParts & { readonly clouds: Clouds }): ObjectBytes {
  const at = async <T>(address: ObjectAddress, use: (place: ObjectPlace) => Promise<Result<T>>): Promise<Result<T>> => {
    const cloud = await parts.clouds.open(address.cloud, address.region);
    const project = cloud.ok ? await cloud.value.project(address.project) : cloud;
    return project.ok ? use({ project: project.value, container: address.container, name: address.name }) : project;
  };
  return {
    head: (address) => at(address, headObject),
    read: (address) =>
      at(address, async (place) => {
        const read = await readObject(place, largestOpened);
        if (read.ok || read.failure.reason !== 'malformed') return read;
        return failed(
          'unsupported',
          l10n.t('{0} is larger than {1} MB. Download it instead.', place.name, largestOpened / 1024 ** 2),
        );
      }),
    write: (address, bytes, seen) =>
      at(address, async (place) => {
        const refusal = readOnlySentence(parts, place.project);
        if (refusal !== undefined) return failed('forbidden', refusal);
        const written = await writeObject(place, bytes, seen);
        if (written.ok) place.project.refresh(['object-store.object']);
        return written;
      }),
  };
}

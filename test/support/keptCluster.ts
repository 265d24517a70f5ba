import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../src/base/failure.ts';
import type { Applied, ApplyOptions, KubeObject } from '../../src/kubernetes/cluster.ts';
import { keyOf } from '../../src/kubernetes/objectKey.ts';
import { FakeCluster } from './fakeCluster.ts';

/** A cluster whose objects are in a folder, so that they outlive the process that wrote them. */
export class KeptCluster extends FakeCluster {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
    for (const line of readLines(join(folder, 'objects'))) this.put(JSON.parse(line) as KubeObject);
  }

  override async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Result<Applied>> {
    const applied = await super.apply(object, options);
    if (!applied.ok || options.dryRun) return applied;
    const { namespace, name } = object.metadata;
    appendFileSync(join(this.#folder, 'objects'), `${JSON.stringify(applied.value.object)}\n`);
    appendFileSync(
      join(this.#folder, 'writes'),
      `${keyOf({ ...object, name, ...(namespace === undefined ? {} : { namespace }) })}\n`,
    );
    return applied;
  }

  /** The keys of all writes so far, in their order. */
  get writes(): readonly string[] {
    return readLines(join(this.#folder, 'writes'));
  }

  /** Makes the folder one of an empty cluster. */
  static empty(folder: string): KeptCluster {
    for (const name of ['objects', 'writes']) writeFileSync(join(folder, name), '');
    return new KeptCluster(folder);
  }
}

const readLines = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

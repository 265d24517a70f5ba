import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Path } from '../../src/base/fields.ts';
import type { Written } from '../../src/deploy/files/written.ts';
import type { Place } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

/** The documents of a YAML text as written objects with real places, for tests of the engine that are not about parsing. */
export function writtenFrom(text: string, file = 'test.yaml'): Written[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines }).filter(({ contents }) => isMap(contents));
  return documents.map((document, index) => {
    const placeOf = (path: Path): Place => {
      let node: unknown = document.contents;
      for (const step of path) {
        const next = isMap(node)
          ? node.items.find(({ key }) => isScalar(key) && key.value === step)?.value
          : isSeq(node)
            ? node.items[Number(step)]
            : undefined;
        if (!isNode(next)) break;
        node = next;
      }
      const [start, end] = (node as Node).range ?? [0, 0];
      return { file, range: { start, end }, line: lines.linePos(start).line };
    };
    const whole = placeOf([]);
    return { object: document.toJS() as KubeObject, source: { file, range: whole.range, index, line: whole.line }, placeOf };
  });
}

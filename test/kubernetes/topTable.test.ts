import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boundsOfNode, usagesOf } from '../../src/kubernetes/metrics.ts';
import { mostTop, topLines } from '../../src/kubernetes/topTable.ts';

const pods = (...lines: readonly string[]) =>
  usagesOf({
    items: lines.map((line) => {
      const [place = '', cpu = '', memory = ''] = line.split(' ');
      const [name = '', namespace] = place.split('/').reverse();
      const metadata = namespace === undefined ? { name } : { name, namespace };
      return { metadata, usage: { cpu, memory } };
    }),
  });
const shop = pods('shop/web 100m 64Mi', 'shop/db 300m 192Mi', 'other/web 0 512Mi');

describe('who uses most', () => {
  test('of CPU stands first, with the share of all and what was seen', () => {
    const seen = new Map([
      ['shop/db', [100e6, 300e6]],
      ['shop/web', [100e6, 100e6]],
    ]);
    assert.deepEqual(topLines({ by: 'cpu', usages: shop, seen }), [
      'NAME             CPU   of all  MEMORY  of all  CPU SEEN',
      'shop/db    ▮▮▮▯  300m  75 %    192Mi   25 %    ▃█',
      'shop/web   ▮▯▯▯  100m  25 %    64Mi    8 %     ██',
      'other/web  ▯▯▯▯  0m    0 %     512Mi   67 %',
    ]);
  });

  test('of memory, nodes beside what is allocatable; an unknown one has no share', () => {
    const nodes = pods('n1 1 3Gi', 'n2 500m 1Gi');
    const bounds = new Map([['n1', boundsOfNode({ status: { allocatable: { cpu: '2', memory: '4Gi' } } })]]);
    assert.deepEqual(topLines({ by: 'memory', usages: nodes, seen: new Map(), bounds }), [
      'NAME        CPU    of allocatable  MEMORY  of allocatable  MEMORY SEEN',
      'n1    ▮▮▮▯  1000m  50 %            3Gi     75 %',
      'n2          500m                   1Gi',
    ]);
  });

  test('of very many is a page of them, and the number of the rest', () => {
    const usages = pods(...Array.from({ length: mostTop + 12 }, (_, at) => `shop/p${at} ${at}m 1Mi`));
    const lines = topLines({ by: 'cpu', usages, seen: new Map() });
    assert.deepEqual([lines.length, lines[1]?.split(' ')[0], lines.at(-1)], [mostTop + 2, 'shop/p211', '… and 12 that use less']);
  });

  test('names of others break no line', () => {
    const usages = usagesOf({ items: [{ metadata: { name: 'a\nb\u001b[31m' }, usage: { cpu: '1', memory: '1' } }] });
    assert.equal(topLines({ by: 'cpu', usages, seen: new Map() }).join('\n').split('\n').length, 2);
  });
});

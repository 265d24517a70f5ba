import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idLinks } from '../../src/explorer/idLinks.ts';

const id = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
const project = { cloud: 'demo', region: 'RegionOne', id: 'p' };

/** Each linked id as `line:start kind of the key`. */
function links(text: string, named?: Parameters<typeof idLinks>[2]): string[] {
  return idLinks(text, project, named).map(({ line, start, end, key, noun }) => {
    assert.match(text.split('\n')[line]?.slice(start, end) ?? '', /^[0-9a-f-]{36}$/);
    return `${line}:${start} ${noun} ${key.split('/').slice(-2).join('/')}`;
  });
}

test('ids in fields of one kind lead to it, in YAML and in JSON', () => {
  const yaml = `id: ${id(1)}\nnetwork_id: ${id(2)}\nfixed_ips:\n  - subnet_id: ${id(3)}\nname: web`;
  assert.deepEqual(links(yaml), [`1:12 network network.network/${id(2)}`]);
  assert.deepEqual(links(`{\n  "network_id": "${id(2)}",`), [`1:17 network network.network/${id(2)}`]);
});

test('a field that several kinds share leads where the resource is known to point, else nowhere', () => {
  const text = `device_id: ${id(4)}`;
  assert.deepEqual(links(text), []);
  assert.deepEqual(links(text, new Map([[id(4), 'network.router']])), [`0:11 router network.router/${id(4)}`]);
});

test('nothing else is a link', () => {
  assert.deepEqual(links(`network_id: none\ndescription: network_id: ${id(1)}\nproject_id: ${id(2)}`), []);
});

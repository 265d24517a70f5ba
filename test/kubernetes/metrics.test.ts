import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import {
  amountText,
  type Bounds,
  bar,
  boundsOfNode,
  boundsOfPod,
  pressureOf,
  resources,
  seenLine,
  sparkline,
  usagesOf,
  usedSpoken,
  usedWords,
  useFacts,
} from '../../src/kubernetes/metrics.ts';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';

/** Lines of a table: what goes in, `=>`, what comes out. */
function each(table: string, out: (input: string) => string): void {
  const lines = table.trim().split('\n');
  const inputs = lines.map((line) => line.split('=>')[0]?.trim() ?? '');
  const written = inputs.map((input) => `${input} => ${out(input)}`);
  assert.equal(
    written.join('\n'),
    lines
      .map((line) => line.split('=>').map((part) => part.trim()))
      .map((parts) => parts.join(' => '))
      .join('\n'),
  );
}

/** Amounts as text: `100m 64Mi`, with `-` for what nobody set. */
const written = (amounts: Bounds['requests']) =>
  resources.map((one) => (amounts[one] === undefined ? '-' : amountText(one, amounts[one]))).join(' ');

const podOf = (spec: string) => boundsOfPod({ spec: parse(spec) });

describe('quantities', () => {
  // Expectations: apimachinery's own tables, resource/quantity_test.go (TestQuantityParse, TestQuantityParseZero, capping and rounding).
  test('are read exactly, in billionths', () =>
    each(
      `
      0          => 0
      1          => 1000000000
      .5         => 500000000
      2.         => 2000000000
      100n       => 100
      1u         => 1000
      250m       => 250000000
      0.5m       => 500000
      1.5        => 1500000000
      -250m      => -250000000
      +1         => 1000000000
      1k         => 1000000000000
      1Ki        => 1024000000000
      340Mi      => 356515840000000000
      1.5Gi      => 1610612736000000000
      2T         => 2000000000000000000000
      1Ei        => 1152921504606846976000000000
      12E        => 9223372036854775807000000000
      1E         => 1000000000000000000000000000
      12E3       => 12000000000000
      12e3       => 12000000000000
      1e-3       => 1000000
      100e-1     => 10000000000
      0.1n       => 1
      -0.1n      => -1
      1e99999    => 9223372036854775807000000000
      1e-99999   => 1
      123456789n => 123456789
      `,
      (text) => String(parseQuantity(text)),
    ));

  test('and what is none is told apart', () =>
    each(
      `
      K    => undefined
      1K   => undefined
      1mi  => undefined
      1 Mi => undefined
      1e   => undefined
      .    => undefined
      --1  => undefined
      1,5  => undefined
      0x10 => undefined
      `,
      (text) => String(parseQuantity(text)),
    ));
});

describe('amounts', () => {
  test('of CPU are written as kubectl top does, of many cores shorter', () =>
    each(
      `
      0      => 0m
      1n     => 1m
      120m   => 120m
      1.5    => 1500m
      9.999  => 9999m
      12.4   => 12 cores
      `,
      (text) => amountText('cpu', Number(parseQuantity(text))),
    ));

  test('of memory have one or two digits more than they need', () =>
    each(
      `
      0      => 0
      512    => 512
      1024   => 1Ki
      340Mi  => 340Mi
      1023Mi => 1023Mi
      1536Mi => 1.5Gi
      12Gi   => 12Gi
      2Ti    => 2Ti
      `,
      (text) => amountText('memory', Number(parseQuantity(text)) / 1e9),
    ));
});

describe('what a pod asks for and may use', () => {
  const tables: Readonly<Record<string, string>> = {
    'its containers together': `
      containers:
      - {name: a, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}}
      - {name: b, resources: {requests: {cpu: 50m}, limits: {cpu: "1", memory: 1Gi}}}
      # 150m 64Mi of 1200m 1.1Gi, at most 1200m 1.1Gi`,
    'one container is free to use more': `
      containers:
      - {name: a, resources: {limits: {cpu: 200m, memory: 128Mi}}}
      - {name: b, resources: {limits: {cpu: 100m}}}
      # - - of 300m 128Mi, at most 300m -`,
    'nothing is set': `
      containers: [{name: a}]
      # - - of - -, at most - -`,
    'an init container that needs more than all others': `
      initContainers: [{name: first, resources: {requests: {cpu: "2", memory: 10Mi}}}]
      containers: [{name: a, resources: {requests: {cpu: 500m, memory: 64Mi}}}]
      # 2000m 64Mi of - -, at most - -`,
    // KEP-753: the init container runs beside the sidecars before it, not beside those after it.
    'sidecars last, and stand beside the init containers after them': `
      initContainers:
      - {name: proxy, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 32Mi}}}
      - {name: first, resources: {requests: {cpu: "1"}}}
      - {name: late, restartPolicy: Always, resources: {requests: {cpu: 10m, memory: 8Mi}}}
      containers: [{name: a, resources: {requests: {cpu: 500m, memory: 64Mi}}}]
      # 1100m 104Mi of - -, at most - -`,
    'a sidecar without a limit leaves the pod without one': `
      initContainers: [{name: proxy, restartPolicy: Always}]
      containers: [{name: a, resources: {limits: {memory: 64Mi}}}]
      # - - of - 64Mi, at most - -`,
    // KEP-2837: resources of the pod itself.
    'what the pod itself says goes before the sums': `
      resources: {requests: {cpu: "1"}, limits: {cpu: "2", memory: 1Gi}}
      containers: [{name: a, resources: {requests: {cpu: 100m, memory: 64Mi}}}]
      # 1000m 64Mi of 2000m 1Gi, at most 2000m 1Gi`,
    'overhead comes on top, of limits only where there is one': `
      overhead: {cpu: 250m, memory: 120Mi}
      containers: [{name: a, resources: {requests: {cpu: 100m}, limits: {memory: 64Mi}}}]
      # 350m 120Mi of - 184Mi, at most - 184Mi`,
  };
  for (const [name, table] of Object.entries(tables))
    test(name, () => {
      const { requests, limits, most } = podOf(table);
      const expected = /# (.*)$/m.exec(table)?.[1];
      assert.equal(`${written(requests)} of ${written(limits)}, at most ${written(most)}`, expected);
    });

  test('a node gives what is allocatable, or its capacity', () => {
    const status = { capacity: { cpu: '4', memory: '8Gi' }, allocatable: { cpu: '3800m', memory: '7Gi' } };
    assert.equal(written(boundsOfNode({ status }).most), '3800m 7Gi');
    assert.equal(written(boundsOfNode({ status: { capacity: status.capacity } }).most), '4000m 8Gi');
  });
});

describe('the answer of the metrics API', () => {
  const list = parse(`
    kind: PodMetricsList
    items:
    - metadata: {name: web-1, namespace: shop}
      timestamp: 2026-01-01T12:00:15Z
      window: 1m0.5s
      containers:
      - {name: app, usage: {cpu: 123456789n, memory: 340Mi}}
      - {name: proxy, usage: {cpu: "0", memory: 1025Ki}}
    - metadata: {name: new, namespace: shop}
      containers: null
    - {metadata: {}}
    - null
  `);
  test('is read: containers are added up, what is missing is nothing', () => {
    const [web, fresh, ...others] = usagesOf(list);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [web?.namespace, web?.name, web?.cpu, web?.memory, web?.at, web?.windowMs],
      ['shop', 'web-1', 123_456_789, 341 * 2 ** 20 + 1024, Date.UTC(2026, 0, 1, 12, 0, 15), 60_500],
    );
    assert.deepEqual([...(web?.containers.keys() ?? [])], ['app', 'proxy']);
    assert.deepEqual([fresh?.cpu, fresh?.memory, fresh?.at], [0, 0, 0]);
  });
  test('of one node is read as a list of one', () => {
    const node = {
      metadata: { name: 'n1' },
      timestamp: '2026-01-01T12:00:15Z',
      window: '15s',
      usage: { cpu: '1', memory: '1Gi' },
    };
    assert.deepEqual(
      usagesOf(node).map(({ name, namespace, cpu, memory, windowMs }) => [name, namespace, cpu, memory, windowMs]),
      [['n1', undefined, 1e9, 2 ** 30, 15_000]],
    );
  });
  test('and anything else says nothing', () => {
    for (const body of [undefined, null, 'text', 3, [], {}, { items: {} }, { kind: 'Status' }])
      assert.deepEqual(usagesOf(body), []);
  });
});

/** A usage of two containers, of which `app` has what stands there. */
const using = (cpu: string, memory: string) => {
  const [usage] = usagesOf(
    parse(`
      metadata: {name: web, namespace: shop}
      timestamp: 2026-01-01T12:00:15Z
      containers: [{name: app, usage: {cpu: ${cpu}, memory: ${memory}}}, {name: proxy, usage: {cpu: 1m, memory: 1Mi}}]`),
  );
  assert.ok(usage);
  return usage;
};
const limited = podOf(`
  containers:
  - {name: app, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 500m, memory: 100Mi}}}
  - {name: proxy, resources: {requests: {cpu: 10m}, limits: {cpu: 500m, memory: 100Mi}}}`);

describe('words of a row', () => {
  test('a bar fills by quarters, and wholly only near the end', () =>
    each(
      `
      0    => ▯▯▯▯
      0.01 => ▮▯▯▯
      0.25 => ▮▯▯▯
      0.26 => ▮▮▯▯
      0.51 => ▮▮▮▯
      0.89 => ▮▮▮▯
      0.9  => ▮▮▮▮
      1.4  => ▮▮▮▮
      `,
      (text) => bar(Number(text)),
    ));

  test('what nears its limit says so, in words, and which container it is', () =>
    each(
      `
      100m 20Mi => quiet
      399m 20Mi => quiet
      400m 20Mi => CPU of app 80 % of limit
      100m 84Mi => memory of app 84 % of limit
      100m 93Mi => memory of app near limit: 93 %
      490m 93Mi => CPU of app near limit: 98 %
      550m 20Mi => CPU of app at limit: 110 %
      `,
      (text) => {
        const [cpu = '', memory = ''] = text.split(' ');
        return pressureOf(using(cpu, memory), limited) ?? 'quiet';
      },
    ));

  test('a node says it of what is allocatable', () => {
    const node = boundsOfNode({ status: { allocatable: { cpu: '2', memory: '4Gi' } } });
    assert.equal(pressureOf({ cpu: 1e9, memory: 3.5 * 2 ** 30 }, node), 'memory 88 % of allocatable');
  });

  test('beside a request alone nothing is near its end', () => {
    const bounds = podOf('containers: [{name: app, resources: {requests: {cpu: 10m}}}]');
    assert.equal(pressureOf(using('100m', '1Mi'), bounds), undefined);
    assert.equal(usedWords(using('4m', '1Mi'), bounds), '▮▮▯▯ 5m · 2Mi');
  });

  test('the bar is that of what is scarcest, in one of the containers too; without any bound there is none', () => {
    assert.equal(usedWords(using('120m', '20Mi'), limited), '▮▯▯▯ 121m · 21Mi');
    assert.equal(usedWords(using('120m', '90Mi'), limited), '▮▮▮▮ 121m · 91Mi');
    assert.equal(usedWords(using('120m', '90Mi'), undefined), '121m · 91Mi');
  });

  test('a screen reader hears figures, not blocks', () => {
    assert.equal(usedSpoken(using('120m', '90Mi'), limited), 'CPU 121m, 12 % of limit, memory 91Mi, 46 % of limit');
    assert.equal(usedSpoken(using('120m', '90Mi'), undefined), 'CPU 121m, memory 91Mi');
  });
});

describe('what is told about use', () => {
  const at = (minutes: number, cpu: number) => ({ at: minutes * 60_000, cpu: cpu * 1e6, memory: 2 ** 30 });
  test('a line of what was seen rises from nothing', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([0, 0]), '▁▁');
    assert.equal(seenLine([at(0, 15), at(1, 60), at(8, 120)], 'cpu'), '▂▅█ 15m to 120m in 8 min');
    assert.equal(seenLine([at(0, 15), at(0.5, 60)], 'memory'), '██ 1Gi, steady in 30 s');
    assert.equal(seenLine([at(0, 15)], 'cpu'), '');
  });

  test('use, limit, request and what was seen stand beside each other', () => {
    assert.deepEqual(
      useFacts(using('120m', '90Mi'), limited, [at(0, 15), at(1, 60)]).map((fact) => fact.join(': ')),
      [
        'CPU: ▮▯▯▯ 121m · 12 % of limit 1000m · requested 110m',
        'CPU seen: ▃█ 15m to 60m in 60 s',
        'memory: ▮▮▯▯ 91Mi · 46 % of limit 200Mi · requested 64Mi',
        'memory seen: ██ 1Gi, steady in 60 s',
      ],
    );
    const free = podOf('containers: [{name: app, resources: {requests: {cpu: 10m}}}]');
    assert.deepEqual(
      useFacts(using('4m', '90Mi'), free, []).map((fact) => fact.join(': ')),
      ['CPU: ▮▮▯▯ 5m · 50 % of requested 10m · no limit', 'memory: 91Mi · no limit'],
    );
  });
});

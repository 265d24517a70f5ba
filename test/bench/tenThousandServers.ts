/**
 * A process of its own that plays Keystone and Nova with 10,000 servers: no real cloud here has so many. Prints its address, then answers until it is ended. Pages as Nova does: `limit` (at most
 * 1,000), `marker`, `servers_links`. `GET /sent` tells the bytes of bodies sent so far. Of changes since any time there is one: the first server is renamed whenever somebody asks for them.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const most = 1000;
const total = 10_000;
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

const servers = Array.from({ length: total }, (_, index) => ({
  id: idOf(index),
  name: `web-${index}`,
  status: index % 100 === 0 ? 'SHUTOFF' : 'ACTIVE',
  tenant_id: 'demo-id',
  user_id: 'alice-id',
  metadata: { role: 'web', group: String(index % 20) },
  hostId: 'c'.repeat(56),
  image: { id: 'aaaaaaaa-0000-4000-8000-000000000001' },
  flavor: { id: '1', original_name: 'm1.small', vcpus: 1, ram: 2048, disk: 20, ephemeral: 0, swap: 0, extra_specs: {} },
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:01:00Z',
  addresses: {
    private: [
      {
        version: 4,
        addr: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01',
      },
    ],
  },
  accessIPv4: '',
  accessIPv6: '',
  links: [],
  'OS-DCF:diskConfig': 'AUTO',
  progress: 0,
  'OS-EXT-AZ:availability_zone': 'nova',
  config_drive: '',
  key_name: 'alice-key',
  'OS-SRV-USG:launched_at': '2026-01-01T00:01:00.000000',
  'OS-SRV-USG:terminated_at': null,
  security_groups: [{ name: 'default' }],
  'OS-EXT-STS:task_state': null,
  'OS-EXT-STS:vm_state': 'active',
  'OS-EXT-STS:power_state': 1,
  'os-extended-volumes:volumes_attached': [],
  tags: [],
  locked: false,
  description: `web-${index}`,
}));

/** Pages are made once: what is measured is who reads them. */
const pages = new Map<string, Buffer>();
let sent = 0;
let url = '';

function page(limit: number, marker: string | null): Buffer {
  const key = `${limit} ${marker}`;
  const known = pages.get(key);
  if (known) return known;
  const from = marker === null ? 0 : Number(marker.slice(-12)) + 1;
  const items = servers.slice(from, from + limit);
  const last = items.at(-1);
  const more =
    from + limit < total && last
      ? [{ rel: 'next', href: `${url}/compute/v2.1/servers/detail?limit=${limit}&marker=${last.id}` }]
      : [];
  const made = Buffer.from(JSON.stringify({ servers: items, ...(more.length > 0 ? { servers_links: more } : {}) }));
  pages.set(key, made);
  return made;
}

function answer(request: http.IncomingMessage): {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: Buffer | string;
} {
  const { pathname, searchParams } = new URL(request.url ?? '/', url);
  if (pathname === '/sent') return { body: String(sent) };
  if (pathname === '/identity/v3/auth/tokens')
    return { status: 201, headers: { 'x-subject-token': 'bench' }, body: JSON.stringify(token()) };
  if (pathname.startsWith('/identity'))
    return {
      body: JSON.stringify({ version: { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${url}/identity/v3/` }] } }),
    };
  if (pathname.startsWith('/image')) {
    const versions = [{ id: 'v2.16', status: 'CURRENT', links: [{ rel: 'self', href: `${url}/image/v2/` }] }];
    return { body: JSON.stringify({ versions, images: [] }) };
  }
  if (/^\/compute(\/v2\.1)?\/?$/.test(pathname))
    return {
      body: JSON.stringify({
        version: {
          id: 'v2.1',
          status: 'CURRENT',
          version: '2.96',
          min_version: '2.1',
          links: [{ rel: 'self', href: `${url}/compute/v2.1/` }],
        },
      }),
    };
  if (searchParams.has('changes-since')) {
    const [first] = servers;
    if (first) first.name = `renamed-${sent}`;
    return { body: JSON.stringify({ servers: [first] }) };
  }
  if (/\/servers(\/detail)?$/.test(pathname))
    return { body: page(Math.min(most, Number(searchParams.get('limit') ?? most)), searchParams.get('marker')) };
  const one = servers.find(({ id }) => pathname.endsWith(`/servers/${id}`));
  return one
    ? { body: JSON.stringify({ server: one }) }
    : { status: 404, body: '{"itemNotFound": {"code": 404, "message": "not here"}}' };
}

const token = () => ({
  token: {
    methods: ['password'],
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    issued_at: new Date().toISOString(),
    user: { id: 'alice-id', name: 'alice', domain: { id: 'default', name: 'Default' } },
    project: { id: 'demo-id', name: 'demo', domain: { id: 'default', name: 'Default' } },
    roles: [{ id: 'm', name: 'member' }],
    // The client asks for the image service's address even where it needs no name of an image.
    catalog: ['identity', 'compute', 'image'].map((type) => ({
      type,
      name: type,
      id: type,
      endpoints: [
        {
          id: type,
          interface: 'public',
          region: 'RegionOne',
          region_id: 'RegionOne',
          url: `${url}/${type}${{ compute: '/v2.1', identity: '/v3' }[type] ?? ''}`,
        },
      ],
    })),
  },
});

const server = http.createServer((request, response) => {
  request.resume();
  const { status = 200, headers = {}, body } = answer(request);
  sent += Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'openstack-api-version': 'compute 2.96',
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(url);
});

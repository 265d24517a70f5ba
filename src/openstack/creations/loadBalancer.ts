import type { Creations } from '../creation.ts';
import { name, post, wrapped } from './parts.ts';

/** Octavia: load-balancing API reference v2, "Create …". */
export const loadBalancer: Creations = {
  'load-balancer.loadbalancer': {
    fields: [name, { name: 'vip_subnet_id', title: 'On which subnet?', as: 'resource', kind: 'network.subnet' }],
    change: (answers) => wrapped('loadbalancer', answers),
  },
  'load-balancer.listener': {
    fields: [
      { name: 'loadbalancer_id', title: 'Of which load balancer?', as: 'resource', kind: 'load-balancer.loadbalancer' },
      name,
      { name: 'protocol', title: 'Which protocol?', as: 'choice', of: ['HTTP', 'HTTPS', 'TCP', 'UDP'] },
      { name: 'protocol_port', title: 'Which port?', as: 'number', atLeast: 1, value: 80 },
    ],
    change: ({ protocol_port, ...listener }) => post({ listener: { ...listener, protocol_port: Number(protocol_port) } }),
  },
  'load-balancer.pool': {
    fields: [
      { name: 'loadbalancer_id', title: 'Of which load balancer?', as: 'resource', kind: 'load-balancer.loadbalancer' },
      name,
      { name: 'protocol', title: 'Which protocol?', as: 'choice', of: ['HTTP', 'HTTPS', 'PROXY', 'TCP', 'UDP'] },
      { name: 'lb_algorithm', title: 'How is load shared?', as: 'choice', of: ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'] },
    ],
    change: (answers) => wrapped('pool', answers),
  },
  'load-balancer.member': {
    fields: [
      name,
      { name: 'address', title: 'Address', as: 'text', fits: /^[0-9a-f.:]+$/i, hint: '10.0.0.7' },
      { name: 'protocol_port', title: 'Which port?', as: 'number', atLeast: 1, value: 80 },
      { name: 'subnet_id', title: 'On which subnet?', as: 'resource', kind: 'network.subnet', optional: true },
    ],
    change: ({ protocol_port, ...member }) => post({ member: { ...member, protocol_port: Number(protocol_port) } }),
  },
  'load-balancer.health_monitor': {
    fields: [
      { name: 'pool_id', title: 'Of which pool?', as: 'resource', kind: 'load-balancer.pool' },
      name,
      {
        name: 'type',
        title: 'How does it look?',
        as: 'choice',
        of: ['HTTP', 'HTTPS', 'TCP', 'PING', 'TLS-HELLO', 'UDP-CONNECT'],
      },
      { name: 'delay', title: 'Seconds between looks', as: 'number', atLeast: 1, value: 5 },
      { name: 'timeout', title: 'Seconds until it gives up', as: 'number', atLeast: 1, value: 3 },
      { name: 'max_retries', title: 'Looks until a member counts, 1 to 10', as: 'number', atLeast: 1, value: 3 },
      {
        name: 'url_path',
        title: 'Path',
        as: 'text',
        value: '/',
        fits: /^\//,
        hint: '/healthz',
        when: (_about, { type = '' }) => /^HTTPS?$/.test(type),
      },
    ],
    change: ({ delay, timeout, max_retries, ...monitor }) =>
      post({
        healthmonitor: { ...monitor, delay: Number(delay), timeout: Number(timeout), max_retries: Number(max_retries) },
      }),
  },
  'load-balancer.l7_policy': {
    fields: [
      { name: 'listener_id', title: 'Of which listener?', as: 'resource', kind: 'load-balancer.listener' },
      name,
      {
        name: 'action',
        title: 'What becomes of a request?',
        as: 'choice',
        of: ['REDIRECT_TO_POOL', 'REDIRECT_TO_URL', 'REDIRECT_PREFIX', 'REJECT'],
      },
      {
        name: 'redirect_pool_id',
        title: 'To which pool?',
        as: 'resource',
        kind: 'load-balancer.pool',
        when: (_about, { action }) => action === 'REDIRECT_TO_POOL',
      },
      {
        name: 'redirect_url',
        title: 'To which address?',
        as: 'text',
        fits: /^https?:\/\//,
        hint: 'https://example.org/',
        when: (_about, { action }) => action === 'REDIRECT_TO_URL',
      },
      {
        name: 'redirect_prefix',
        title: 'To which address, before its path?',
        as: 'text',
        fits: /^https?:\/\//,
        hint: 'https://example.org',
        when: (_about, { action }) => action === 'REDIRECT_PREFIX',
      },
    ],
    change: (answers) => wrapped('l7policy', answers),
  },
  'load-balancer.l7_rule': {
    fields: [
      { name: 'type', title: 'What is compared?', as: 'choice', of: ['PATH', 'HOST_NAME', 'FILE_TYPE', 'HEADER', 'COOKIE'] },
      {
        name: 'compare_type',
        title: 'How?',
        as: 'choice',
        of: (_about, { type }) =>
          type === 'FILE_TYPE' ? ['EQUAL_TO', 'REGEX'] : ['STARTS_WITH', 'EQUAL_TO', 'ENDS_WITH', 'CONTAINS', 'REGEX'],
      },
      { name: 'key', title: 'Its name', as: 'text', when: (_about, { type = '' }) => /^(?:HEADER|COOKIE)$/.test(type) },
      { name: 'value', title: 'With what?', as: 'text', hint: '/api' },
    ],
    change: (answers) => wrapped('rule', answers),
  },
};

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/base/failure.ts';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { kindOf } from '../../src/openstack/kinds/kinds.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';
import type { Reply } from '../support/scriptedServer.ts';

/** What a user is told when a service answers so: to a list, or to an action on a resource called `it`. */
interface Case {
  readonly title: string;
  readonly kind: KindId;
  readonly does?: ActionWord;
  readonly roles?: readonly string[];
  readonly answer: Reply;
  readonly told: string;
}

const html = (headline: string, words: string, status: number): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  text: `<html><head><title>${headline}</title></head><body><h1>${headline}</h1>${words}<br /></body></html>`,
});

/** Refusals as Debian's packages of the services word them, asked with raw calls. */
const rights: readonly Case[] = [
  {
    title: 'Nova, an administrator’s kind',
    kind: 'compute.hypervisor',
    roles: ['member', 'reader', 'support'],
    answer: {
      status: 403,
      headers: { 'x-openstack-request-id': 'req-1' },
      json: { forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:os-hypervisors:list to be performed." } },
    },
    told: "forbidden: Project demo does not let alice list hypervisors. It said: Policy doesn't allow os_compute_api:os-hypervisors:list to be performed. alice's roles there: member, reader, support. This usually takes admin: ask the cloud's administrator. [req-1]",
  },
  {
    title: 'Neutron, a reader who wants to change something',
    kind: 'network.network',
    does: 'delete',
    roles: ['reader'],
    answer: {
      status: 403,
      json: { NeutronError: { type: 'PolicyNotAuthorized', message: 'rule:delete_network is disallowed by policy', detail: '' } },
    },
    told: "forbidden: Project demo does not let alice delete network it. It said: rule:delete_network is disallowed by policy. alice's role there: reader. This usually takes member: ask the cloud's administrator.",
  },
  {
    title: 'Octavia, which names no rule, and its own roles',
    kind: 'load-balancer.loadbalancer',
    does: 'delete',
    roles: ['reader'],
    answer: {
      status: 403,
      json: { faultcode: 'Client', faultstring: 'Policy does not allow this request to be performed.', debuginfo: null },
    },
    told: "forbidden: Project demo does not let alice delete load balancer it. It said: Policy does not allow this request to be performed. alice's role there: reader. This usually takes load-balancer_member or member: ask the cloud's administrator.",
  },
  {
    title: 'Glance, as a web page',
    kind: 'image.image',
    does: 'delete',
    answer: html('403 Forbidden', 'You are not authorized to complete delete_image action.', 403),
    told: "forbidden: Project demo does not let alice delete image it. It said: 403 Forbidden You are not authorized to complete delete_image action. alice's role there: member. This usually takes admin: ask the cloud's administrator.",
  },
  {
    title: 'Glance, where not the role is missing',
    kind: 'image.image',
    does: 'delete',
    answer: html('403 Forbidden', 'Image it is protected and cannot be deleted.', 403),
    told: 'forbidden: Project demo does not let alice delete image it. It said: 403 Forbidden Image it is protected and cannot be deleted.',
  },
  {
    title: 'Keystone, an administrator without a token of the system',
    kind: 'identity.user',
    roles: ['admin'],
    answer: {
      status: 403,
      json: {
        error: {
          code: 403,
          message: 'You are not authorized to perform the requested action: identity:list_users.',
          title: 'Forbidden',
        },
      },
    },
    told: "forbidden: Project demo does not let alice list users. It said: You are not authorized to perform the requested action: identity:list_users. alice's role there: admin. It may take a token of the system instead (system_scope: all).",
  },
  {
    title: 'Ironic, JSON inside JSON',
    kind: 'baremetal.node',
    answer: {
      status: 403,
      json: {
        error_message:
          '{"faultcode": "Client", "faultstring": "Access was denied to the following resource: baremetal:node:list", "debuginfo": null}',
      },
    },
    told: "forbidden: Project demo does not let alice list bare metal nodes. It said: Access was denied to the following resource: baremetal:node:list. alice's role there: member. This usually takes admin: ask the cloud's administrator.",
  },
  {
    title: 'Designate, which says nothing but its request id',
    kind: 'dns.zone',
    answer: { status: 403, json: { code: 403, type: 'forbidden', request_id: 'req-7267e695-b000' } },
    told: "forbidden: Project demo does not let alice list zones. alice's role there: member. This usually takes admin: ask the cloud's administrator. [req-7267e695-b000]",
  },
  {
    title: 'Barbican, whose readers are observers',
    kind: 'key-manager.secret',
    roles: ['auditor'],
    answer: {
      status: 403,
      json: {
        code: 403,
        title: 'Forbidden',
        description: 'Secrets attempt not allowed - please review your user/project privileges',
      },
    },
    told: "forbidden: Project demo does not let alice list secrets. It said: Secrets attempt not allowed - please review your user/project privileges. alice's role there: auditor. This usually takes observer or creator or reader or member: ask the cloud's administrator.",
  },
  {
    title: 'Magnum, whose rule is called after quotas',
    kind: 'container-infrastructure-management.quota',
    answer: {
      status: 403,
      json: {
        errors: [
          {
            status: 403,
            title: "Policy doesn't allow quota:get_all to be performed",
            detail: "Policy doesn't allow quota:get_all to be performed.",
          },
        ],
      },
    },
    told: "forbidden: Project demo does not let alice list cluster quotas. It said: Policy doesn't allow quota:get_all to be performed. alice's role there: member. This usually takes admin: ask the cloud's administrator.",
  },
  {
    title: 'Nova, a change of quotas',
    kind: 'compute.server',
    does: 'stop',
    answer: {
      status: 403,
      json: { forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:os-quota-sets:update to be performed." } },
    },
    told: "forbidden: Project demo does not let alice stop server it. It said: Policy doesn't allow os_compute_api:os-quota-sets:update to be performed. alice's role there: member. This usually takes admin: ask the cloud's administrator.",
  },
  {
    title: 'Placement, with its request id in the body',
    kind: 'placement.resource_provider',
    answer: {
      status: 403,
      json: {
        errors: [
          {
            status: 403,
            title: 'Forbidden',
            detail:
              'Access was denied to this resource.\n\n Policy does not allow placement:resource_providers:list to be performed.  ',
            request_id: 'req-bb4be9cc',
          },
        ],
      },
    },
    told: "forbidden: Project demo does not let alice list resource providers. It said: Access was denied to this resource. Policy does not allow placement:resource_providers:list to be performed. alice's role there: member. This usually takes admin: ask the cloud's administrator. [req-bb4be9cc]",
  },
];

/** Each service's way to say that a quota is used up. Sources: the services' exception texts. */
const quotas: readonly (readonly [kind: KindId, does: ActionWord, status: number, body: unknown])[] = [
  [
    'compute.server',
    'start',
    403,
    { forbidden: { code: 403, message: 'Quota exceeded for cores: Requested 2, but already used 20 of 20 cores' } },
  ],
  [
    'network.network',
    'delete',
    409,
    { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['network'].", detail: '' } },
  ],
  [
    'block-storage.volume',
    'extendVolume',
    413,
    {
      overLimit: {
        code: 413,
        message: 'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota.',
        retryAfter: '0',
      },
    },
  ],
  [
    'block-storage.volume',
    'snapshotVolume',
    413,
    { overLimit: { code: 413, message: 'Maximum number of snapshots allowed (10) exceeded' } },
  ],
  [
    'load-balancer.loadbalancer',
    'failOver',
    403,
    { faultcode: 'Client', faultstring: 'Quota has been met for resources: Load Balancer', debuginfo: null },
  ],
  [
    'orchestration.stack',
    'suspendStack',
    403,
    {
      code: 403,
      title: 'Forbidden',
      explanation: 'x',
      error: {
        type: 'RequestLimitExceeded',
        message: 'Request limit exceeded: You have reached the maximum stacks per tenant, 512. Please delete some stacks.',
        traceback: null,
      },
    },
  ],
  [
    'shared-file-system.share',
    'extendShare',
    413,
    { overLimit: { code: 413, message: 'Requested share exceeds allowed project/user or share type gigabytes quota.' } },
  ],
  ['dns.zone', 'delete', 413, { code: 413, type: 'over_quota', message: 'Quota exceeded for zones.' }],
  [
    'container-infrastructure-management.cluster',
    'delete',
    403,
    {
      errors: [
        {
          status: 403,
          title: 'You have reached the maximum clusters per project, 20',
          detail: 'You have reached the maximum clusters per project, 20. You may delete a cluster to make room for a new one.',
        },
      ],
    },
  ],
  [
    'image.image',
    'delete',
    413,
    {
      message: 'The size of the data 4096 will exceed the limit. 0 bytes remaining.',
      code: '413',
      title: 'Request Entity Too Large',
    },
  ],
  [
    'key-manager.secret',
    'delete',
    403,
    { code: 403, title: 'Forbidden', description: 'Creation not allowed because a quota has been reached' },
  ],
];

const conflicts: readonly Case[] = [
  {
    title: 'Neutron, a network with ports',
    kind: 'network.network',
    does: 'delete',
    answer: {
      status: 409,
      json: {
        NeutronError: {
          type: 'NetworkInUse',
          message: 'Unable to complete operation on network it. There are one or more ports still in use on the network.',
          detail: '',
        },
      },
    },
    told: 'conflict: The network service of cloud scripted refused to delete network it (status 409). It said: Unable to complete operation on network it. There are one or more ports still in use on the network. Remove what uses it first.',
  },
  {
    title: 'Cinder, a volume with snapshots: a 400',
    kind: 'block-storage.volume',
    does: 'delete',
    answer: {
      status: 400,
      json: {
        badRequest: {
          code: 400,
          message:
            'Invalid volume: Volume status must be available or error and must not be migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer.',
        },
      },
    },
    told: 'invalid: The block-storage service of cloud scripted refused to delete volume it (status 400). It said: Invalid volume: Volume status must be available or error and must not be migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer. Remove what uses it first.',
  },
  {
    title: 'Octavia, a load balancer on its way',
    kind: 'load-balancer.loadbalancer',
    does: 'delete',
    answer: {
      status: 409,
      json: { faultcode: 'Client', faultstring: 'Invalid state PENDING_UPDATE of loadbalancer resource it', debuginfo: null },
    },
    told: 'conflict: The load-balancer service of cloud scripted refused to delete load balancer it (status 409). It said: Invalid state PENDING_UPDATE of loadbalancer resource it. Try again once it has settled.',
  },
  {
    title: 'Nova, a server in another state',
    kind: 'compute.server',
    does: 'stop',
    answer: {
      status: 409,
      json: { conflictingRequest: { code: 409, message: "Cannot 'stop' instance it while it is in vm_state building" } },
    },
    told: "conflict: The compute service of cloud scripted refused to stop server it (status 409). It said: Cannot 'stop' instance it while it is in vm_state building. Try again once it has settled.",
  },
  {
    title: 'Swift, a container with objects: a web page',
    kind: 'object-store.container',
    does: 'delete',
    answer: html('Conflict', 'There was a conflict when trying to complete your request.', 409),
    told: 'conflict: The object-store service of cloud scripted refused to delete container it (status 409). It said: Conflict There was a conflict when trying to complete your request.',
  },
  {
    title: 'a server that vanished between list and action',
    kind: 'compute.server',
    does: 'stop',
    answer: { status: 404, json: { itemNotFound: { code: 404, message: 'Instance it could not be found.' } } },
    told: 'notFound: The compute service of cloud scripted refused to stop server it (status 404). It said: Instance it could not be found.',
  },
];

const others: readonly Case[] = [
  {
    title: 'Heat, whose traceback is for its developers',
    kind: 'orchestration.stack',
    answer: {
      status: 500,
      json: {
        code: 500,
        title: 'Internal Server Error',
        explanation: 'The server has either erred or is incapable of performing the requested operation.',
        error: {
          type: 'ResourceFailure',
          message: 'The engine stumbled.',
          traceback: 'Traceback (most recent call last):\n  File "/usr/lib/heat/engine.py", line 1\n',
        },
      },
    },
    told: 'unavailable: The orchestration service of cloud scripted failed (status 500). It said: The engine stumbled.',
  },
  {
    title: 'HAProxy, whose page says nothing of the cloud',
    kind: 'compute.server',
    answer: {
      status: 504,
      headers: { 'content-type': 'text/html' },
      text: "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>",
    },
    told: "unavailable: The compute service of cloud scripted failed (status 504). It said: 504 Gateway Time-out The server didn't respond in time.",
  },
  {
    title: 'nginx, for which a request is too large',
    kind: 'compute.server',
    does: 'stop',
    answer: html('413 Request Entity Too Large', 'nginx', 413),
    told: 'invalid: The compute service of cloud scripted refused to stop server it (status 413). It said: 413 Request Entity Too Large nginx.',
  },
  {
    title: 'an older Nova, for which it is too soon',
    kind: 'compute.server',
    does: 'stop',
    answer: {
      status: 413,
      headers: { 'retry-after': '60' },
      json: { overLimit: { code: 413, message: 'This request was rate-limited.', retryAfter: '60' } },
    },
    told: 'throttled: The compute service of cloud scripted asks for patience (status 413). Try again later.',
  },
  {
    title: 'a newer Ironic, whose message is an object',
    kind: 'baremetal.node',
    answer: { status: 400, json: { error_message: { faultcode: 'Client', faultstring: 'Expected a UUID.', debuginfo: null } } },
    told: 'invalid: The baremetal service of cloud scripted refused to list bare metal nodes (status 400). It said: Expected a UUID.',
  },
  {
    title: 'Neutron, from its outermost layer',
    kind: 'network.network',
    answer: { status: 400, json: { message: 'The resource could not be parsed.' } },
    told: 'invalid: The network service of cloud scripted refused to list networks (status 400). It said: The resource could not be parsed.',
  },
  {
    title: 'Swift’s own status for too many requests',
    kind: 'object-store.container',
    answer: { status: 498, headers: { 'x-trans-id': 'tx1' }, text: '' },
    told: 'throttled: The object-store service of cloud scripted asks for patience (status 498). Try again later. [tx1]',
  },
];

function text({ reason, message, requestId }: Failure): string {
  return `${reason}: ${message}${requestId === undefined ? '' : ` [${requestId}]`}`;
}

/** What is told of an answer that is the same to everything. */
async function told({ kind, does, roles, answer }: Omit<Case, 'title' | 'told'>): Promise<string> {
  const { id = 'id', name = 'name' } = kindOf(kind);
  const resource = { [id]: 'it', [name]: 'it', id: 'it', size: 1 };
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const script = Object.fromEntries(methods.map((method) => [`${method} /*`, answer]));
  await using scripted = await scriptedCloud(script, roles ? { roles } : {});
  const { project } = scripted;
  const outcome = does
    ? await project.act(kind, resource, does, { answers: { new_size: '5', name: '5', flavorRef: '5' } })
    : await project.list(kind);
  return outcome.ok ? 'no trouble' : text(outcome.failure);
}

for (const { title, told: sentence, ...given } of [...rights, ...conflicts, ...others]) {
  test(`in plain words: ${title}`, async () => assert.equal(await told(given), sentence));
}

for (const [kind, does, status, json] of quotas) {
  test(`a quota that is used up is said so, whatever the status: ${kind}, ${status}`, async () => {
    assert.match(
      await told({ kind, does, answer: { status, json } }),
      /^conflict: Project demo has no quota left to .*\. It said: .* Free some, or ask the cloud's administrator for more\.$/,
    );
  });
}

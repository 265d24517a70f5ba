import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { fakeCloud } from './fakeCloud.ts';

/** A cloud with something of every kind that a manifest may name; who asks may not see the zones of load balancers. */
export const referenceCloud = fakeCloud(`
block-storage.availability_zone: [{ zoneName: nova, zoneState: { available: true } }]
block-storage.type: [{ id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd }]
compute.availability_zone: [{ zoneName: az1, zoneState: { available: true } }]
compute.flavor: [{ id: '4', name: m1.large }]
compute.keypair: [{ name: alice-key }]
compute.server: [{ id: 5e1ab1e0-0000-4000-8000-000000000016, name: worker-1 }]
compute.server_group: [{ id: 9a1ab1e0-0000-4000-8000-000000000003, name: spread }]
container-infrastructure-management.cluster: [{ uuid: c1a1ab1e-0000-4000-8000-000000000014, name: shop }]
dns.zone: [{ id: d1a1ab1e-0000-4000-8000-000000000015, name: example.org. }]
identity.project: [{ id: 0a1ab1e0-0000-4000-8000-000000000017, name: demo }]
identity.region: [{ id: RegionOne }]
identity.role: [{ id: 0b1ab1e0-0000-4000-8000-000000000018, name: member }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12 }]
load-balancer.availability_zone: forbidden
load-balancer.flavor: [{ id: f1a1ab1e-0000-4000-8000-000000000002, name: small }]
load-balancer.provider: [{ name: amphora }, { name: ovn }]
network.floating_ip: [{ id: f0a1ab1e-0000-4000-8000-000000000013, floating_ip_address: 203.0.113.7 }]
network.network: [{ id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, router:external: false }, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
network.router: [{ id: 4a1ab1e0-0000-4000-8000-000000000001, name: edge }]
network.security_group: [{ id: 51a1ab1e-0000-4000-8000-000000000005, name: web }, { id: 52a1ab1e-0000-4000-8000-000000000006, name: web }, { id: 53a1ab1e-0000-4000-8000-000000000007, name: db }]
network.subnet: [{ id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, name: private-v4, network_id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, cidr: 10.10.0.0/24 }]
network.subnet_pool: [{ id: 5b1ab1e0-0000-4000-8000-000000000002, name: pool }]
object-store.container: [{ name: backups }]
shared-file-system.availability_zone: [{ id: 6c1ab1e0-0000-4000-8000-000000000006, name: nova }]
shared-file-system.share: [{ id: 6d1ab1e0-0000-4000-8000-000000000007, name: home }]
shared-file-system.share_group: []
shared-file-system.share_network: [{ id: 6b1ab1e0-0000-4000-8000-000000000005, name: shares }]
shared-file-system.share_type: [{ id: 6a1ab1e0-0000-4000-8000-000000000004, name: default }]
shared-file-system.snapshot: []
`) as ResourceLookup;

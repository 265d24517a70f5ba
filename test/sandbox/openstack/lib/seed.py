"""A small believable cloud, through the real APIs (openstacksdk).
usage: seed.py AUTH_URL PASSWORD REGION OUT_CLOUDS_YAML   (idempotent enough)"""
import os
import sys
import time

import openstack
import yaml

auth_url, pw, region, out = sys.argv[1:5]
T0 = time.time()


def say(*a):
    print('%6.1fs ' % (time.time() - T0), *a, flush=True)


def auth(user, project, domain='Default', **kw):
    return dict(auth=dict(auth_url=auth_url, username=user, password=pw,
                          project_name=project, user_domain_name=domain,
                          project_domain_name=domain, **kw),
                region_name=region, identity_api_version='3')


def connect(spec):
    return openstack.connection.Connection(**spec)


a = connect(auth('admin', 'admin'))
ident = a.identity
catalog = {s.type for s in ident.services()}

# ---- identity
acme = ident.find_domain('acme') or ident.create_domain(name='acme', description='ACME Ltd')
default = ident.get_domain('default')


def project(name, dom, desc):
    return (ident.find_project(name, domain_id=dom.id) or
            ident.create_project(name=name, domain_id=dom.id, description=desc))


def user(name, dom, proj):
    return (ident.find_user(name, domain_id=dom.id) or
            ident.create_user(name=name, domain_id=dom.id, password=pw,
                              default_project_id=proj.id, email=name + '@example.org'))


demo = project('demo', default, 'Demo tenant')
ops = project('ops', default, 'Operations')
web = project('web', acme, 'ACME web shop')
role = {r.name: r for r in ident.roles()}
alice, bob = user('alice', default, demo), user('bob', default, ops)
carol, dave = user('carol', acme, web), user('dave', acme, web)
group = ident.find_group('developers') or ident.create_group(name='developers', domain_id='default')


def grant(p, u, *names):
    for n in names:
        ident.assign_project_role_to_user(p, u, role[n])


grant(demo, alice, 'member', 'load-balancer_member', 'heat_stack_owner', 'creator')
grant(demo, bob, 'reader')
grant(ops, bob, 'member', 'load-balancer_member', 'heat_stack_owner', 'creator')
grant(web, carol, 'member', 'load-balancer_member')
grant(web, dave, 'reader')
adm = ident.find_user('admin')
for p in (demo, ops, web):
    grant(p, adm, 'admin')
ident.assign_domain_role_to_user(acme, carol, role['admin'])
say('identity')

clouds = {'admin': auth('admin', 'admin'),
          'admin-system': dict(auth=dict(auth_url=auth_url, username='admin', password=pw,
                                         user_domain_name='Default', system_scope='all'),
                               region_name=region, identity_api_version='3'),
          'demo': auth('alice', 'demo'), 'ops': auth('bob', 'ops'),
          'demo-reader': auth('bob', 'demo'),
          'acme-web': auth('carol', 'web', 'acme')}
d = connect(clouds['demo'])
o = connect(clouds['ops'])
w = connect(clouds['acme-web'])

appfile = os.path.join(os.path.dirname(out), 'data', 'appcred')
if not list(d.identity.application_credentials(alice.id)):
    ac = d.identity.create_application_credential(
        alice.id, 'vscode', secret=pw, description='for the extension',
        roles=[{'name': 'member'}, {'name': 'load-balancer_member'}])
    open(appfile, 'w').write(ac.id)
clouds['demo-appcred'] = dict(
    auth_type='v3applicationcredential', region_name=region, identity_api_version='3',
    auth=dict(auth_url=auth_url, application_credential_id=open(appfile).read(),
              application_credential_secret=pw))
yaml.safe_dump({'clouds': clouds}, open(out, 'w'), sort_keys=False)
say('application credential, clouds.yaml')

# ---- flavors, images
if 'compute' in catalog:
    for n, ram, cpu, disk, fid in (('m1.tiny', 512, 1, 1, '1'), ('m1.small', 2048, 1, 20, '2'),
                                   ('m1.large', 8192, 4, 80, '4')):
        if not a.compute.find_flavor(n):
            a.compute.create_flavor(name=n, ram=ram, vcpus=cpu, disk=disk, id=fid)
    if not a.compute.find_flavor('g1.gpu'):
        f = a.compute.create_flavor(name='g1.gpu', ram=16384, vcpus=8, disk=100, is_public=False)
        a.compute.flavor_add_tenant_access(f, ops.id)
if 'image' in catalog:
    def image(c, name, fmt, data, **props):
        i = c.image.find_image(name)
        if i:
            return i
        return c.image.create_image(
            name, disk_format=fmt, container_format='bare', data=data,
            validate_checksum=False, allow_duplicates=True, **props)
    qcow = (b'QFI\xfb' + (3).to_bytes(4, 'big')).ljust(65536, b'\0')
    image(a, 'cirros-0.6', 'qcow2', qcow, visibility='public', min_disk=1, min_ram=64,
          os_distro='cirros', hw_rng_model='virtio')
    image(a, 'debian-12', 'raw', b'\0' * 1048576, visibility='public', min_disk=2,
          os_distro='debian', os_version='12', architecture='x86_64')
    image(d, 'demo-private', 'raw', b'\0' * 4096, visibility='private')
say('flavors, images')

# ---- network
net = {}
if 'network' in catalog:
    pub = a.network.find_network('public') or a.network.create_network(
        name='public', is_router_external=True, provider_network_type='flat',
        provider_physical_network='physnet1')
    if not a.network.find_subnet('public-v4'):
        a.network.create_subnet(name='public-v4', network_id=pub.id, ip_version=4,
                                cidr='203.0.113.0/24', gateway_ip='203.0.113.1',
                                is_dhcp_enabled=False,
                                allocation_pools=[{'start': '203.0.113.10', 'end': '203.0.113.200'}])

    def tenant(c, name, cidr):
        n = c.network.find_network(name)
        if n:
            return n, c.network.find_subnet(name + '-v4')
        n = c.network.create_network(name=name, description=name + ' tenant network')
        s = c.network.create_subnet(name=name + '-v4', network_id=n.id, ip_version=4,
                                    cidr=cidr, dns_nameservers=['192.0.2.53'])
        r = c.network.create_router(name=name + '-router',
                                    external_gateway_info={'network_id': pub.id})
        c.network.add_interface_to_router(r, subnet_id=s.id)
        return n, s
    net['demo'] = tenant(d, 'private', '10.10.0.0/24')
    net['ops'] = tenant(o, 'backend', '10.20.0.0/24')
    net['web'] = tenant(w, 'shop', '10.30.0.0/24')

    def secgroup(c, name, ports):
        g = c.network.find_security_group(name)
        if g:
            return g
        g = c.network.create_security_group(name=name, description=name)
        for p in ports:
            c.network.create_security_group_rule(
                security_group_id=g.id, direction='ingress', ethertype='IPv4',
                protocol='tcp', port_range_min=p, port_range_max=p,
                remote_ip_prefix='0.0.0.0/0')
        return g
    secgroup(d, 'web', (22, 80, 443))
    secgroup(o, 'ssh', (22,))
    secgroup(w, 'web', (80, 443))
say('networks')

# ---- volumes
if 'volumev3' in catalog:
    types = {t.name: t for t in a.block_storage.types()}
    for n in ('ssd', 'hdd'):
        if n not in types:
            a.block_storage.create_type(name=n, description=n + ' backend',
                                        extra_specs={'volume_backend_name': n})
    if not list(d.block_storage.volumes(details=False)):
        vols = [d.block_storage.create_volume(name='data-1', size=5, volume_type='ssd'),
                d.block_storage.create_volume(name='data-2', size=10, volume_type='hdd'),
                o.block_storage.create_volume(name='backup', size=20, volume_type='hdd')]
        d.block_storage.wait_for_status(vols[0], 'available', interval=0.5, wait=60)
        d.block_storage.wait_for_status(vols[1], 'available', interval=0.5, wait=60)
        snap = d.block_storage.create_snapshot(name='data-1-snap', volume_id=vols[0].id)
        d.block_storage.wait_for_status(snap, 'available', interval=0.5, wait=60)
say('volumes')

# ---- servers
if 'compute' in catalog:
    def key(c, name):
        return c.compute.find_keypair(name) or c.compute.create_keypair(
            name=name, public_key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzTGkPsCkM1VyMfFDW4dRZVsNTzTN9zeeLAKk4CjLcF demo')
    key(d, 'alice-key')
    key(o, 'bob-key')
    sg = next((g for g in d.compute.server_groups() if g.name == 'web-anti'), None) or \
        d.compute.create_server_group(name='web-anti', policy='soft-anti-affinity')

    def server(c, name, flavor, nets, **kw):
        s = c.compute.find_server(name)
        if s:
            return s
        return c.compute.create_server(
            name=name, flavor_id=c.compute.find_flavor(flavor).id,
            image_id=c.image.find_image('cirros-0.6').id,
            networks=[{'uuid': nets[0].id}], **kw)
    ss = [(d, server(d, 'web-1', 'm1.tiny', net['demo'], key_name='alice-key',
                     security_groups=[{'name': 'web'}], metadata={'role': 'web'},
                     scheduler_hints={'group': sg.id})),
          (d, server(d, 'web-2', 'm1.tiny', net['demo'], key_name='alice-key',
                     security_groups=[{'name': 'web'}], scheduler_hints={'group': sg.id})),
          (d, server(d, 'db-1', 'm1.small', net['demo'], key_name='alice-key')),
          (o, server(o, 'bastion', 'm1.tiny', net['ops'], key_name='bob-key')),
          (w, server(w, 'shop-1', 'm1.tiny', net['web']))]
    for c, s in ss:
        s = c.compute.wait_for_server(s, status='ACTIVE', interval=0.5, wait=120)
        say('server', s.name, s.status)
    if not list(d.network.ips()):
        port = next(d.network.ports(device_id=ss[0][1].id))
        d.network.create_ip(floating_network_id=pub.id, port_id=port.id)
        d.network.create_ip(floating_network_id=pub.id)
    if 'volumev3' in catalog:
        v = d.block_storage.find_volume('data-2')
        v = d.block_storage.get_volume(v.id)
        if not v.attachments:
            d.compute.create_volume_attachment(ss[2][1], volume_id=v.id)
            d.block_storage.wait_for_status(v, 'in-use', interval=0.5, wait=60)
    st = d.compute.find_server('web-2')
say('servers, floating IPs, attachment')

# ---- load balancer: tree built step by step, each waits for ACTIVE
if 'load-balancer' in catalog and not d.load_balancer.find_load_balancer('shop-lb'):
    L = d.load_balancer
    lb = L.create_load_balancer(name='shop-lb', vip_subnet_id=net['demo'][1].id)

    def ready():
        for i in range(120):
            s = L.get_load_balancer(lb.id).provisioning_status
            if s == 'ACTIVE':
                return
            if s == 'ERROR':
                break
            time.sleep(0.3)
        raise SystemExit('load balancer %s' % s)
    ready()
    li = L.create_listener(name='http', protocol='HTTP', protocol_port=80, load_balancer_id=lb.id)
    ready()
    po = L.create_pool(name='web-pool', protocol='HTTP', lb_algorithm='ROUND_ROBIN', listener_id=li.id)
    ready()
    for n in ('web-1', 'web-2'):
        s = d.compute.get_server(d.compute.find_server(n).id)
        ip = [x['addr'] for x in s.addresses['private'] if x['OS-EXT-IPS:type'] == 'fixed'][0]
        L.create_member(po, name=n, address=ip, protocol_port=80, subnet_id=net['demo'][1].id)
        ready()
    L.create_health_monitor(name='hm', pool_id=po.id, type='HTTP', delay=5, timeout=3, max_retries=3)
    ready()
    say('load balancer', L.get_load_balancer(lb.id).operating_status)


# ---- the optional services
def raw(c, svc, method, path, body=None, **kw):
    r = c.session.request(path, method, json=body, raise_exc=False,
                          endpoint_filter={'service_type': svc, 'interface': 'public',
                                           'region_name': region}, **kw)
    if r.status_code >= 400 and r.status_code != 409:
        print('!!', svc, method, path, r.status_code, r.text[:300])
    return r.json() if r.text and r.status_code < 400 else {}


if 'orchestration' in catalog and not d.orchestration.find_stack('demo-stack'):
    tpl = {'heat_template_version': '2021-04-16', 'description': 'a network and a server',
           'resources': {
               'net': {'type': 'OS::Neutron::Net'},
               'sub': {'type': 'OS::Neutron::Subnet', 'properties': {
                   'network': {'get_resource': 'net'}, 'cidr': '10.99.0.0/24'}},
               'vm': {'type': 'OS::Nova::Server', 'depends_on': 'sub', 'properties': {
                   'image': 'cirros-0.6', 'flavor': 'm1.tiny',
                   'networks': [{'network': {'get_resource': 'net'}}]}}},
           'outputs': {'ip': {'value': {'get_attr': ['vm', 'first_address']}}}}
    st = d.orchestration.create_stack(name='demo-stack', template=tpl, timeout_mins=5)
    for i in range(120):
        st = d.orchestration.get_stack(st.id)
        if st.status.endswith(('COMPLETE', 'FAILED')):
            break
        time.sleep(0.5)
    say('stack', st.status)
if 'dns' in catalog and not list(d.dns.zones()):
    z = d.dns.create_zone(name='example.org.', email='hostmaster@example.org')
    d.dns.create_recordset(z, name='www.example.org.', type='A', records=['203.0.113.5'])
    say('zone')
if 'key-manager' in catalog and not list(d.key_manager.secrets()):
    d.key_manager.create_secret(name='db-password', payload='s3cret',
                                payload_content_type='text/plain', secret_type='passphrase')
    say('secret')
if 'baremetal' in catalog and not list(a.baremetal.nodes()):
    for i in range(3):
        n = a.baremetal.create_node(name='metal-%d' % i, driver='fake-hardware',
                                    properties={'cpus': 16, 'memory_mb': 65536, 'local_gb': 500},
                                    resource_class='baremetal')
        a.baremetal.create_port(node_id=n.id, address='52:54:00:00:00:%02x' % i)
        if i:
            a.baremetal.set_node_provision_state(n, 'manage', wait=True, timeout=60)
        if i > 1:
            a.baremetal.set_node_provision_state(n, 'provide', wait=True, timeout=60)
    say('bare metal nodes')
if 'sharev2' in catalog:
    v = {'headers': {'X-OpenStack-Manila-API-Version': '2.51'}}
    if not raw(a, 'sharev2', 'GET', '/types', **v).get('share_types'):
        raw(a, 'sharev2', 'POST', '/types', {'share_type': {
            'name': 'default', 'share_type_access:is_public': True,
            'extra_specs': {'driver_handles_share_servers': 'False'}}}, **v)
        raw(d, 'sharev2', 'POST', '/shares', {'share': {
            'name': 'home', 'share_proto': 'NFS', 'size': 1, 'share_type': 'default'}}, **v)
        say('share')
if 'container-infra' in catalog and not raw(d, 'container-infra', 'GET', '/clusters').get('clusters'):
    img = image(a, 'fedora-coreos-35', 'qcow2', qcow, visibility='public', os_distro='fedora-coreos')
    t = raw(a, 'container-infra', 'POST', '/clustertemplates', {
        'name': 'k8s-1.23', 'coe': 'kubernetes', 'image_id': img.id, 'public': True,
        'external_network_id': 'public', 'flavor_id': 'm1.small',
        'master_flavor_id': 'm1.small', 'network_driver': 'calico',
        'labels': {'kube_tag': 'v1.23.3-rancher1'}})
    raw(d, 'container-infra', 'POST', '/clusters', {
        'name': 'prod', 'cluster_template_id': t['uuid'], 'keypair': 'alice-key',
        'node_count': 2, 'master_count': 1, 'discovery_url': 'http://127.0.0.1/none'})
    for i in range(60):
        # while the conductor still writes the node groups, magnum answers 400: ask again
        cs = raw(d, 'container-infra', 'GET', '/clusters').get('clusters')
        if cs and cs[0]['status'].endswith('COMPLETE'):
            break
        time.sleep(0.5)
    say('cluster', cs and cs[0]['status'])
if 'object-store' in catalog:
    for n, t in (('hello.txt', b'hello'), ('logs/2024/app.log', b'line 1\n')):
        d.object_store.create_container(name='backups')
        d.object_store.upload_object(container='backups', name=n, data=t)
    say('objects')

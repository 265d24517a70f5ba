import type { Chain } from './actionChain.ts';

/** What alice does in her project. */
export const memberStories: readonly Chain[] = [
  {
    name: 'server',
    story: `
find tiny | compute /flavors | name=m1.tiny
find image | image /v2/images?name=cirros-0.6 | name=cirros-0.6
find net | network /v2.0/networks?name=private | name=private
make srv | compute /servers | {"server":{"name":"{m}-srv","flavorRef":"{tiny}","imageRef":"{image}","networks":[{"uuid":"{net}"}]}} | "status":"ACTIVE"
stop | Servers | {m}-srv | | compute /servers/{srv} | "status":"SHUTOFF"
start | Servers | {m}-srv | | compute /servers/{srv} | "status":"ACTIVE"
reboot | Servers | {m}-srv | | compute /servers/{srv}/os-instance-actions | "action":"reboot"
hardReboot | Servers | {m}-srv | | compute /servers/{srv}/os-instance-actions | "action":"reboot".*"action":"reboot"
pause | Servers | {m}-srv | | compute /servers/{srv} | "status":"PAUSED"
unpause | Servers | {m}-srv | | compute /servers/{srv} | "status":"ACTIVE"
suspend | Servers | {m}-srv | | compute /servers/{srv} | "status":"SUSPENDED"
resume | Servers | {m}-srv | | compute /servers/{srv} | "status":"ACTIVE"
lock | Servers | {m}-srv | | compute /servers/{srv} | "locked":true
unlock | Servers | {m}-srv | | compute /servers/{srv} | "locked":false
rescue | Servers | {m}-srv | | compute /servers/{srv} | "status":"RESCUE"
unrescue | Servers | {m}-srv | | compute /servers/{srv} | "status":"ACTIVE"
shelve | Servers | {m}-srv | | compute /servers/{srv} | "status":"SHELVED
unshelve | Servers | {m}-srv | | compute /servers/{srv} | "status":"ACTIVE"
resize | Servers | {m}-srv | m1.small | compute /servers/{srv} | "status":"VERIFY_RESIZE"
revertResize | Servers | {m}-srv | | compute /servers/{srv} | (?=.*"status":"ACTIVE").*"original_name":"m1.tiny"
resize | Servers | {m}-srv | m1.small | compute /servers/{srv} | "status":"VERIFY_RESIZE"
confirmResize | Servers | {m}-srv | | compute /servers/{srv} | (?=.*"status":"ACTIVE").*"original_name":"m1.small"
createImage | Servers | {m}-srv | {m}-img | image /v2/images?name={m}-img | "name":"{m}-img"
find img | image /v2/images?name={m}-img | name={m}-img
drop image /v2/images/{img}
rebuild | Servers | {m}-srv | cirros-0.6 | compute /servers/{srv}/os-instance-actions | "action":"rebuild"
setMetadata | Servers | {m}-srv | tier ; front | compute /servers/{srv} | "metadata":{"tier":"front"}
removeMetadata | Servers | {m}-srv | tier | compute /servers/{srv} | "metadata":{}
addTag | Servers | {m}-srv | blue | compute /servers/{srv} | "tags":\\["blue"\\]
removeTag | Servers | {m}-srv | blue | compute /servers/{srv} | "tags":\\[\\]
setDescription | Servers | {m}-srv | in front | compute /servers/{srv} | "description":"in front"
rename | Servers | {m}-srv | {m}-two | compute /servers/{srv} | "name":"{m}-two"
delete | Servers | {m}-two | | compute /servers/{srv} | ^404
`,
  },
  {
    name: 'parts',
    story: `
find tiny | compute /flavors | name=m1.tiny
find image | image /v2/images?name=cirros-0.6 | name=cirros-0.6
find net | network /v2.0/networks?name=private | name=private
find public | network /v2.0/networks?name=public | name=public
make second | network /v2.0/networks | {"network":{"name":"{m}-second"}}
make subnet | network /v2.0/subnets | {"subnet":{"name":"{m}-second","network_id":"{second}","ip_version":4,"cidr":"10.82.0.0/24"}}
make srv | compute /servers | {"server":{"name":"{m}-parts","flavorRef":"{tiny}","imageRef":"{image}","networks":[{"uuid":"{net}"}]}} | "status":"ACTIVE"
make vol | block-storage /volumes | {"volume":{"name":"{m}-att","size":1}} | "status":"available"
make group | network /v2.0/security-groups | {"security_group":{"name":"{m}-sg"}}
make fip | network /v2.0/floatingips | {"floatingip":{"floating_network_id":"{public}","description":"{m}"}}
find address | network /v2.0/floatingips/{fip} | id={fip} | floating_ip_address
attachVolume | Servers | {m}-parts | {m}-att | block-storage /volumes/{vol} | (?=.*"status":"in-use").*"server_id":"{srv}"
detachVolume | Servers | {m}-parts | {m}-att | block-storage /volumes/{vol} | "status":"available"
attachVolume | Servers | {m}-parts | {m}-att | block-storage /volumes/{vol} | (?=.*"status":"in-use").*"server_id":"{srv}"
detach | Volume attachments | {m}-parts > * | | block-storage /volumes/{vol} | "status":"available"
addSecurityGroup | Servers | {m}-parts | {m}-sg | network /v2.0/ports?device_id={srv} | "security_groups":\\[[^\\]]*"{group}"
removeSecurityGroup | Servers | {m}-parts | {m}-sg | network /v2.0/ports?device_id={srv} | "security_groups":\\["[-0-9a-f]{36}"\\]
addFloatingIp | Servers | {m}-parts | {address} | network /v2.0/floatingips/{fip} | "fixed_ip_address":"10\\.
removeFloatingIp | Servers | {m}-parts | {address} | network /v2.0/floatingips/{fip} | "port_id":null
attachNetwork | Servers | {m}-parts | {m}-second | network /v2.0/ports?device_id={srv} | "network_id":"{second}"
find port | network /v2.0/ports?network_id={second}&device_id={srv} | device_id={srv}
detachNetwork | Servers | {m}-parts | * @{port} | network /v2.0/ports?device_id={srv} | ^200 (?!.*"network_id":"{second}")
`,
  },
  {
    name: 'volume',
    story: `
make type | admin@block-storage /types | {"volume_type":{"name":"{m}-type"}}
make vol | block-storage /volumes | {"volume":{"name":"{m}-vol","size":1}} | "status":"available"
extendVolume | Volumes | {m}-vol | 2 | block-storage /volumes/{vol} | "size":2
makeBootable | Volumes | {m}-vol | | block-storage /volumes/{vol} | "bootable":"true"
makeUnbootable | Volumes | {m}-vol | | block-storage /volumes/{vol} | "bootable":"false"
makeReadOnly | Volumes | {m}-vol | | block-storage /volumes/{vol} | "readonly":"True"
makeWritable | Volumes | {m}-vol | | block-storage /volumes/{vol} | "readonly":"False"
snapshotVolume | Volumes | {m}-vol | {m}-snap | block-storage /snapshots?name={m}-snap | "name":"{m}-snap"
find snap | block-storage /snapshots?name={m}-snap | name={m}-snap
drop block-storage /snapshots/{snap}
find before | block-storage /volumes/{vol} | id={vol} | updated_at
revertVolume | Volumes | {m}-vol | {m}-snap | block-storage /volumes/{vol} | ^200 (?!.*"updated_at":"{before}")(?=.*"status":"available")
volumeOfSnapshot | Volume snapshots | {m}-snap | {m}-of ; 3 | block-storage /volumes/detail?name={m}-of | (?=.*"size":3).*"snapshot_id":"{snap}"
find made | block-storage /volumes?name={m}-of | name={m}-of
drop block-storage /volumes/{made}
retypeVolume | Volumes | {m}-vol | {m}-type | block-storage /volumes/{vol} | "volume_type":"{m}-type"
uploadVolume | Volumes | {m}-vol | {m}-up | image /v2/images?name={m}-up | "name":"{m}-up"
find up | image /v2/images?name={m}-up | name={m}-up
drop image /v2/images/{up}
wait block-storage /volumes/{vol} | "status":"available"
transferVolume | Volumes | {m}-vol | {m}-transfer | block-storage /volumes/{vol} | "status":"awaiting-transfer"
delete | Volume transfers | {m}-transfer | | block-storage /volumes/{vol} | "status":"available"
`,
  },
  {
    name: 'group',
    story: `
make kind | admin@block-storage /group_types | {"group_type":{"name":"{m}-group"}}
find ssd | block-storage /types | name=ssd
make vol | block-storage /volumes | {"volume":{"name":"{m}-member","size":1,"volume_type":"{ssd}"}} | "status":"available"
send POST block-storage /groups | {"group":{"name":"{m}-group","group_type":"{kind}","volume_types":["{ssd}"]}}
find group | block-storage /groups | name={m}-group
wait block-storage /groups/{group} | "status":"available"
addToGroup | Volume groups | {m}-group | {m}-member | block-storage /volumes/{vol} | "group_id":"{group}"
removeFromGroup | Volume groups | {m}-group | {m}-member | block-storage /volumes/{vol} | "group_id":null
addToGroup | Volume groups | {m}-group | {m}-member | block-storage /volumes/{vol} | "group_id":"{group}"
snapshotGroup | Volume groups | {m}-group | {m}-gsnap | block-storage /group_snapshots/detail | "name":"{m}-gsnap"
delete | Volume group snapshots | {m}-gsnap | | block-storage /group_snapshots/detail | ^200 (?!.*"{m}-gsnap")
deleteGroup | Volume groups | {m}-group | | block-storage /volumes/{vol} | ^404
`,
  },
  {
    name: 'image',
    story: `
find ops | admin@identity /projects?name=ops | name=ops
find demo | admin@identity /projects?name=demo | name=demo
make img | image /v2/images | {"name":"{m}-im","disk_format":"raw","container_format":"bare","visibility":"shared"}
send PUT image /v2/images/{img}/file | bytes of an image
renameImage | Images | {m}-im | {m}-pic | image /v2/images/{img} | "name":"{m}-pic"
setProperty | Images | {m}-pic | os_distro ; debian | image /v2/images/{img} | "os_distro":"debian"
removeProperty | Images | {m}-pic | os_distro | image /v2/images/{img} | ^200 (?!.*os_distro)
protect | Images | {m}-pic | | image /v2/images/{img} | "protected":true
unprotect | Images | {m}-pic | | image /v2/images/{img} | "protected":false
hideImage | Images | {m}-pic | | image /v2/images/{img} | "os_hidden":true
showImage | Images | {m}-pic | | image /v2/images/{img} | "os_hidden":false
shareImage | Images | {m}-pic | Another one, by its id… ; {ops} | image /v2/images/{img}/members | "member_id":"{ops}"
setVisibility | Images | {m}-pic | private | image /v2/images/{img} | "visibility":"private"
deactivate | Images | {m}-pic | | image /v2/images/{img} | "status":"deactivated"
reactivate | Images | {m}-pic | | image /v2/images/{img} | "status":"active"
make yes | ops@image /v2/images | {"name":"{m}-yes","disk_format":"raw","container_format":"bare","visibility":"shared"}
send POST ops@image /v2/images/{yes}/members | {"member":"{demo}"}
make no | ops@image /v2/images | {"name":"{m}-no","disk_format":"raw","container_format":"bare","visibility":"shared"}
send POST ops@image /v2/images/{no}/members | {"member":"{demo}"}
acceptImage | Offered images | {m}-yes | | image /v2/images/{yes}/members/{demo} | "status":"accepted"
rejectImage | Offered images | {m}-no | | image /v2/images/{no}/members/{demo} | "status":"rejected"
`,
  },
  {
    name: 'network',
    story: `
find public | network /v2.0/networks?name=public | name=public
make net | network /v2.0/networks | {"network":{"name":"{m}-net"}}
make sub | network /v2.0/subnets | {"subnet":{"name":"{m}-sub","network_id":"{net}","ip_version":4,"cidr":"10.81.0.0/24"}}
make router | network /v2.0/routers | {"router":{"name":"{m}-router"}}
make group | network /v2.0/security-groups | {"security_group":{"name":"{m}-nsg"}}
make port | network /v2.0/ports | {"port":{"name":"{m}-port","network_id":"{net}"}}
make fip | network /v2.0/floatingips | {"floatingip":{"floating_network_id":"{public}","description":"{m}-n"}}
find address | network /v2.0/floatingips/{fip} | id={fip} | floating_ip_address
adminDown | Networks | {m}-net | | network /v2.0/networks/{net} | "admin_state_up":false
adminUp | Networks | {m}-net | | network /v2.0/networks/{net} | "admin_state_up":true
disableDhcp | Subnets | {m}-sub | | network /v2.0/subnets/{sub} | "enable_dhcp":false
enableDhcp | Subnets | {m}-sub | | network /v2.0/subnets/{sub} | "enable_dhcp":true
setSecurityGroups | Ports | {m}-port | [{m}-nsg] | network /v2.0/ports/{port} | "security_groups":\\["{group}"\\]
addAddressPair | Ports | {m}-port | 10.81.0.100 ; fa:16:3e:00:00:01 | network /v2.0/ports/{port} | (?=.*10\\.81\\.0\\.100).*fa:16:3e:00:00:01
removeAddressPair | Ports | {m}-port | 10.81.0.100 fa:16:3e:00:00:01 | network /v2.0/ports/{port} | "allowed_address_pairs":\\[\\]
addInterface | Routers | {m}-router | {m}-sub | network /v2.0/ports?device_id={router} | "network:router_interface
setGateway | Routers | {m}-router | public | network /v2.0/routers/{router} | "network_id":"{public}"
associate | Floating IPs | {address} | {m}-port | network /v2.0/floatingips/{fip} | "port_id":"{port}"
disassociate | Floating IPs | {address} | | network /v2.0/floatingips/{fip} | "port_id":null
setReverse | Reverse records | {address} | www.example.org. | dns /v2/reverse/floatingips/RegionOne:{fip} | "ptrdname":"www.example.org."
clearReverse | Reverse records | {address} | | dns /v2/reverse/floatingips/RegionOne:{fip} | "ptrdname":null
clearGateway | Routers | {m}-router | | network /v2.0/routers/{router} | "external_gateway_info":null
removeInterface | Routers | {m}-router | {m}-sub | network /v2.0/ports?device_id={router} | "ports":\\[\\]
`,
  },
  {
    name: 'balancer',
    story: `
find sub | network /v2.0/subnets?name=private-v4 | name=private-v4
make lb | load-balancer /v2/lbaas/loadbalancers | {"loadbalancer":{"name":"{m}-lb","vip_subnet_id":"{sub}"}} | "provisioning_status":"ACTIVE" | ?cascade=true
send POST load-balancer /v2/lbaas/listeners | {"listener":{"name":"{m}-li","protocol":"HTTP","protocol_port":80,"loadbalancer_id":"{lb}"}}
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
send POST load-balancer /v2/lbaas/pools | {"pool":{"name":"{m}-pool","protocol":"HTTP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"{lb}"}}
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
find listener | load-balancer /v2/lbaas/listeners?name={m}-li | name={m}-li
find pool | load-balancer /v2/lbaas/pools?name={m}-pool | name={m}-pool
send POST load-balancer /v2/lbaas/pools/{pool}/members | {"member":{"name":"{m}-mem","address":"10.0.0.77","protocol_port":80}}
find member | load-balancer /v2/lbaas/pools/{pool}/members | name={m}-mem
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
drain | Members | {m}-pool > {m}-mem | | load-balancer /v2/lbaas/pools/{pool}/members/{member} | "weight":0
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
setWeight | Members | {m}-pool > {m}-mem | 7 | load-balancer /v2/lbaas/pools/{pool}/members/{member} | "weight":7
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
setDefaultPool | Listeners | {m}-li | {m}-pool | load-balancer /v2/lbaas/listeners/{listener} | "default_pool_id":"{pool}"
wait load-balancer /v2/lbaas/loadbalancers/{lb} | "provisioning_status":"ACTIVE"
`,
  },
  {
    name: 'stack',
    story: `
make stack | orchestration /stacks | {"stack_name":"{m}-st","template":{"heat_template_version":"2018-08-31","resources":{"nothing":{"type":"OS::Heat::None"}}},"timeout_mins":5} | "stack_status":"CREATE_COMPLETE"
checkStack | Stacks | {m}-st | | orchestration /stacks/{m}-st/{stack} | "stack_status":"CHECK_COMPLETE"
suspendStack | Stacks | {m}-st | | orchestration /stacks/{m}-st/{stack} | "stack_status":"SUSPEND_COMPLETE"
resumeStack | Stacks | {m}-st | | orchestration /stacks/{m}-st/{stack} | "stack_status":"RESUME_COMPLETE"
updateStack | Stacks | {m}-st | file:{template} ; None | orchestration /stacks/{m}-st/{stack} | "stack_status":"UPDATE_COMPLETE"
!abandonStack | Stacks | {m}-st | | Abandon|abandon
delete | Stacks | {m}-st | | orchestration /stacks/{m}-st/{stack} | ^404|DELETE_COMPLETE
`,
  },
  {
    name: 'zone',
    story: `
find demo | admin@identity /projects?name=demo | name=demo
find ops | admin@identity /projects?name=ops | name=ops
make zone | dns /v2/zones | {"name":"{m}.example.","email":"nobody@example.org"} | "status":"ACTIVE"
make set | dns /v2/zones/{zone}/recordsets | {"name":"www.{m}.example.","type":"A","records":["192.0.2.1"]} | "status":"ACTIVE"
editZone | Zones | {m}.example. | dns@example.org ; 600 | dns /v2/zones/{zone} | (?=.*"ttl":600).*dns@example.org
editRecords | Record sets | {m}.example. > www.{m}.example. | 192.0.2.7, 192.0.2.8 ; 60 | dns /v2/zones/{zone}/recordsets/{set} | (?=.*"ttl":60)(?=.*192.0.2.7).*192.0.2.8
transferZone | Zones | {m}.example. | Another one, by its id… ; {ops} | dns /v2/zones/tasks/transfer_requests | "zone_id":"{zone}"
make theirs | ops@dns /v2/zones | {"name":"{m}-bob.example.","email":"bob@example.org"} | "status":"ACTIVE" | demo@dns /v2/zones/{theirs}
make offer | ops@dns /v2/zones/{theirs}/tasks/transfer_requests | {"target_project_id":"{demo}"} | | ops@dns /v2/zones/tasks/transfer_requests/{offer}
find key | ops@dns /v2/zones/tasks/transfer_requests | zone_id={theirs} | key
acceptZone | Zone transfers | {m}-bob.example. | {key} | dns /v2/zones/{theirs} | "project_id":"{demo}"
`,
  },
  {
    name: 'share',
    story: `
make share | shared-file-system /shares | {"share":{"name":"{m}-share","share_proto":"NFS","size":1,"share_type":"default"}} | "status":"available"
extendShare | Shares | {m}-share | 3 | shared-file-system /shares/{share} | (?=.*"status":"available").*"size":3
shrinkShare | Shares | {m}-share | 2 | shared-file-system /shares/{share} | (?=.*"status":"available").*"size":2
renameShare | Shares | {m}-share | {m}-files | shared-file-system /shares/{share} | "name":"{m}-files"
send POST shared-file-system /shares/{share}/action | {"allow_access":{"access_type":"ip","access_to":"10.0.0.0/24","access_level":"ro"}}
wait shared-file-system /share-access-rules?share_id={share} | "state":"(active|error)"
denyAccess | Access rules | {m}-files > 10.0.0.0/24 | | shared-file-system /share-access-rules?share_id={share} | "access_list":\\[\\]
`,
  },
  {
    name: 'cluster',
    story: `
find template | container-infra /clustertemplates | name=k8s-1.23 | uuid
make twin | container-infra /clustertemplates | {"name":"{m}-tmpl","coe":"kubernetes","image_id":"fedora-coreos-35","external_network_id":"public","flavor_id":"m1.small","master_flavor_id":"m1.small","keypair_id":"alice-key"}
make cluster | container-infra /clusters | {"name":"{m}-cl","cluster_template_id":"{template}","keypair":"alice-key","node_count":1} | "status":"CREATE_COMPLETE"
!upgradeCluster | Clusters | {m}-cl | {m}-tmpl | Circular reference detected
!rotateCa | Clusters | {m}-cl | | is not supported by this driver
resizeCluster | Clusters | {m}-cl | 2 | container-infra /clusters/{cluster} | "node_count":2
`,
  },
];

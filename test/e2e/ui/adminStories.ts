import type { Chain } from './actionChain.ts';

/** What an administrator does, in and around the project demo. What disturbs others is put back at once. Nova's fake driver takes no server back that was on the host before, so a fresh one is evacuated. */
export const adminStories: readonly Chain[] = [
  {
    name: 'moves',
    story: `
find tiny | compute /flavors | name=m1.tiny
find image | image /v2/images?name=cirros-0.6 | name=cirros-0.6
find net | demo@network /v2.0/networks?name=private | name=private
make srv | demo@compute /servers | {"server":{"name":"{m}-moved","flavorRef":"{tiny}","imageRef":"{image}","networks":[{"uuid":"{net}"}]}} | "status":"ACTIVE"
resetState | Servers | {m}-moved | error | compute /servers/{srv} | "status":"ERROR"
resetState | Servers | {m}-moved | active | compute /servers/{srv} | "status":"ACTIVE"
migrate | Servers | {m}-moved | None | compute /servers/{srv} | "status":"VERIFY_RESIZE"
send POST compute /servers/{srv}/action | {"confirmResize":null}
wait compute /servers/{srv} | "status":"ACTIVE"
find from | compute /servers/{srv} | id={srv} | OS-EXT-SRV-ATTR:host
liveMigrate | Servers | {m}-moved | None | compute /servers/{srv} | ^200 (?!.*"OS-EXT-SRV-ATTR:host":"{from}")(?=.*"status":"ACTIVE")
make left | demo@compute /servers | {"server":{"name":"{m}-left","flavorRef":"{tiny}","imageRef":"{image}","networks":[{"uuid":"{net}"}]}} | "status":"ACTIVE"
find host | compute /servers/{left} | id={left} | OS-EXT-SRV-ATTR:host
find service | compute /os-services?binary=nova-compute&host={host} | host={host}
undo PUT compute /os-services/{service} | {"status":"enabled"}
disableHost | Compute services | nova-compute @{host} | {m} | compute /os-services?binary=nova-compute&host={host} | "disabled_reason":"{m}"
enableHost | Compute services | nova-compute @{host} | | compute /os-services?binary=nova-compute&host={host} | "status":"enabled"
undo PUT compute /os-services/{service} | {"forced_down":false}
undo DELETE compute /servers/{left}
forceDown | Compute services | nova-compute @{host} | | compute /os-services?binary=nova-compute&host={host} | "forced_down":true
evacuate | Servers | {m}-left | None | compute /servers/{left} | ^200 (?!.*"OS-EXT-SRV-ATTR:host":"{host}")(?=.*"status":"ACTIVE")
resetState | Servers | {m}-left | error | compute /servers/{left} | "status":"ERROR"
forceDelete | Servers | {m}-left | | compute /servers/{left} | ^404
endForceDown | Compute services | nova-compute @{host} | | compute /os-services?binary=nova-compute&host={host} | "forced_down":false
`,
  },
  {
    name: 'hosts',
    story: `
find demo | identity /projects?name=demo | name=demo
make agg | compute /os-aggregates | {"aggregate":{"name":"{m}-agg"}}
addHost | Host aggregates | {m}-agg | nova-compute @compute2 | compute /os-aggregates/{agg} | "hosts":\\["compute2"\\]
setAggregateMetadata | Host aggregates | {m}-agg | ssd ; true | compute /os-aggregates/{agg} | "ssd":"true"
removeHost | Host aggregates | {m}-agg | compute2 | compute /os-aggregates/{agg} | "hosts":\\[\\]
make flavor | compute /flavors | {"flavor":{"name":"{m}-flavor","ram":64,"vcpus":1,"disk":1,"os-flavor-access:is_public":false}}
grantFlavor | Flavors | {m}-flavor | demo | compute /flavors/{flavor}/os-flavor-access | "tenant_id":"{demo}"
revokeFlavor | Flavors | {m}-flavor | demo | compute /flavors/{flavor}/os-flavor-access | "flavor_access":\\[\\]
setFlavorSpec | Flavors | {m}-flavor | hw:cpu_policy ; dedicated | compute /flavors/{flavor}/os-extra_specs | "hw:cpu_policy":"dedicated"
removeFlavorSpec | Flavors | {m}-flavor | hw:cpu_policy | compute /flavors/{flavor}/os-extra_specs | "extra_specs":{}
`,
  },
  {
    name: 'storage',
    story: `
find demo | identity /projects?name=demo | name=demo
make vol | demo@block-storage /volumes | {"volume":{"name":"{m}-reset","size":1}} | "status":"available" | demo@block-storage /volumes/{vol}
make snap | demo@block-storage /snapshots | {"snapshot":{"name":"{m}-reset","volume_id":"{vol}"}} | "status":"available" | demo@block-storage /snapshots/{snap}
resetVolume | Volumes | {m}-reset | error | block-storage /volumes/{vol} | "status":"error"
resetVolume | Volumes | {m}-reset | available | block-storage /volumes/{vol} | "status":"available"
resetSnapshot | Volume snapshots | {m}-reset | error | block-storage /snapshots/{snap} | "status":"error"
resetSnapshot | Volume snapshots | {m}-reset | available | block-storage /snapshots/{snap} | "status":"available"
send POST block-storage /volumes/{vol}/action | {"os-attach":{"instance_uuid":"11111111-2222-4333-8444-555555555555","mountpoint":"/dev/vdb","mode":"rw"}}
wait block-storage /volumes/{vol} | "status":"in-use"
forceDetach | Volumes | {m}-reset | * | block-storage /volumes/{vol} | "attachments":\\[\\]
make type | block-storage /types | {"volume_type":{"name":"{m}-closed","os-volume-type-access:is_public":false}}
grantType | Volume types | {m}-closed | demo | block-storage /types/{type}/os-volume-type-access | "project_id":"{demo}"
revokeType | Volume types | {m}-closed | demo | block-storage /types/{type}/os-volume-type-access | "volume_type_access":\\[\\]
setTypeSpec | Volume types | {m}-closed | volume_backend_name ; ssd | block-storage /types/{type}/extra_specs | "volume_backend_name":"ssd"
removeTypeSpec | Volume types | {m}-closed | volume_backend_name | block-storage /types/{type}/extra_specs | "extra_specs":{}
undo PUT block-storage /os-services/enable | {"binary":"cinder-volume","host":"block1@hdd"}
disableStorage | Storage services | cinder-volume @block1@hdd | {m} | block-storage /os-services?host=block1@hdd | "disabled_reason":"{m}"
enableStorage | Storage services | cinder-volume @block1@hdd | | block-storage /os-services?host=block1@hdd | "status":"enabled"
make share | demo@shared-file-system /shares | {"share":{"name":"{m}-reset","share_proto":"NFS","size":1,"share_type":"default"}} | "status":"available"
resetShare | Shares | {m}-reset | error | shared-file-system /shares/{share} | "status":"error"
resetShare | Shares | {m}-reset | available | shared-file-system /shares/{share} | "status":"available"
`,
  },
  {
    name: 'failover',
    story: `
find sub | demo@network /v2.0/subnets?name=private-v4 | name=private-v4
make lb | demo@load-balancer /v2/lbaas/loadbalancers | {"loadbalancer":{"name":"{m}-failing","vip_subnet_id":"{sub}"}} | "provisioning_status":"ACTIVE" | ?cascade=true
find before | load-balancer /v2/lbaas/loadbalancers/{lb} | id={lb} | updated_at
failOver | Load balancers | {m}-failing | | load-balancer /v2/lbaas/loadbalancers/{lb} | ^200 (?!.*"updated_at":"{before}")(?=.*"provisioning_status":"ACTIVE")
`,
  },
  {
    name: 'identity',
    story: `
make project | identity /projects | {"project":{"name":"{m}-project","domain_id":"default"}}
make user | identity /users | {"user":{"name":"{m}-user","domain_id":"default"}}
find admin | identity /users?name=admin | name=admin
find role | identity /roles?name=reader | name=reader
find may | identity /roles?name=admin | name=admin
send PUT identity /projects/{project}/users/{admin}/roles/{may}
setQuota | Compute limits | {m}-project > cores | 17 | compute /os-quota-sets/{project} | "cores":17
disable | Users | {m}-user | | identity /users/{user} | "enabled":false
enable | Users | {m}-user | | identity /users/{user} | "enabled":true
assignRole | Projects | {m}-project | user ; {m}-user ; reader | identity /role_assignments?scope.project.id={project}&user.id={user} | "role":{"id":"{role}"}
revokeRole | Role assignments | {m}-user reader | | identity /role_assignments?scope.project.id={project}&user.id={user} | "role_assignments":\\[\\]
`,
  },
  {
    name: 'metal',
    story: `
make node | baremetal /v1/nodes | {"driver":"fake-hardware","name":"{m}-node","deploy_interface":"fake","inspect_interface":"fake","boot_interface":"fake","management_interface":"fake","network_interface":"noop","power_interface":"fake"}
manageNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "provision_state":"manageable"
inspectNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | (?=.*"inspection_finished_at":"20).*"provision_state":"manageable"
powerOnNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "power_state":"power on"
find before | baremetal /v1/nodes/{node} | uuid={node} | updated_at
softRebootNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | ^200 (?!.*"updated_at":"{before}")(?=.*"power_state":"power on")
find before | baremetal /v1/nodes/{node} | uuid={node} | updated_at
rebootNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | ^200 (?!.*"updated_at":"{before}")(?=.*"power_state":"power on")
softPowerOffNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "power_state":"power off"
powerOnNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "power_state":"power on"
powerOffNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "power_state":"power off"
provideNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "provision_state":"available"
deployNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "provision_state":"active"
setBootDevice | Bare metal nodes | {m}-node | pxe ; From now on | baremetal /v1/nodes/{node}/management/boot_device | "boot_device":"pxe"
startMaintenance | Bare metal nodes | {m}-node | {m} | baremetal /v1/nodes/{node} | "maintenance_reason":"{m}"
endMaintenance | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "maintenance":false
find before | baremetal /v1/nodes/{node} | uuid={node} | provision_updated_at
rebuildNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | ^200 (?!.*"provision_updated_at":"{before}")(?=.*"provision_state":"active")
undeployNode | Bare metal nodes | {m}-node | | baremetal /v1/nodes/{node} | "provision_state":"available"
`,
  },
];

/** What differs between machine templates of two benchmarks. */
export interface MachineTemplateParts {
  readonly flavor: string;
  readonly image: string;
  /** The size of the root volume as it is written. */
  readonly sizeGiB?: string;
  /** With labels and descriptions, as the longer ones have them. */
  readonly described?: boolean;
}

/** A manifest of Cluster API Provider OpenStack with eight names of OpenStack resources; of the sandbox's cloud, if flavor and image are. */
export function machineTemplate(
  index: number,
  { flavor, image, sizeGiB = '20', described = false }: MachineTemplateParts,
): string {
  return `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata:
  name: workers-${index}
  namespace: default
${described ? `  labels:\n    app: app-${index}\n` : ''}spec:
  template:
    spec:
      flavor: ${flavor}
      image:
        filter:
          name: ${image}
      sshKeyName: alice-key
      ports:
        - ${described ? 'description: the only one\n          ' : ''}network:
            filter:
              name: private
          fixedIPs:
            - subnet:
                filter:
                  name: private-v4
      securityGroups:
        - filter:
            name: web
      rootVolume:
        sizeGiB: ${sizeGiB}
        type: ssd
`;
}

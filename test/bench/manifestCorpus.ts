/** A file of many manifests and where a keystroke breaks it: before `character` on `line`, an `@` makes the plain scalar invalid. */
export interface Corpus {
  readonly text: string;
  readonly places: readonly { readonly line: number; readonly character: number }[];
}

const shapes: readonly ((index: number) => string)[] = [
  (index) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: shop
  labels:
    app: app-${index}
    tier: backend
spec:
  replicas: ${(index % 5) + 1}
  selector:
    matchLabels:
      app: app-${index}
  template:
    metadata:
      labels:
        app: app-${index}
        tier: backend
    spec:
      serviceAccountName: app-${index}
      containers:
        - name: server
          image: registry.example/app:${index}
          args: ["--port=8080", "--log-level=info"]
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: INDEX
              value: "${index}"
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef:
                  name: app-${index}
                  key: LOG_LEVEL
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
`,
  (index) => `apiVersion: v1
kind: Service
metadata:
  name: app-${index}
  namespace: shop
  annotations:
    loadbalancer.openstack.org/keep-floatingip: "true"
    loadbalancer.openstack.org/lb-method: ROUND_ROBIN
spec:
  type: LoadBalancer
  selector:
    app: app-${index}
  ports:
    - name: http
      port: 80
      targetPort: http
    - name: metrics
      port: 9090
      targetPort: 9090
`,
  (index) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data-${index}
  namespace: shop
  labels:
    app: app-${index}
spec:
  accessModes:
    - ReadWriteOnce
  storageClassName: cinder-ssd
  resources:
    requests:
      storage: ${index}Gi
`,
  (index) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata:
  name: workers-${index}
  namespace: default
spec:
  template:
    spec:
      flavor: m1.large
      image:
        filter:
          name: debian-12
      sshKeyName: alice-key
      ports:
        - network:
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
        sizeGiB: 20
        type: ssd
`,
];

/** A file of `count` manifests, every `1/errors`th broken from the start. Without randomness: the same text each time. */
export function manifestCorpus(count: number, errors: number): Corpus {
  const documents: string[] = [];
  const places: { line: number; character: number }[] = [];
  let line = 0;
  for (let index = 0; index < count; index += 1) {
    const shape = shapes[index % shapes.length];
    if (!shape) throw new RangeError(`no shape ${index}`);
    const lines = shape(index).split('\n').slice(0, -1);
    const row = lines.findIndex((text) => text.startsWith('  name: '));
    const broken = errors > 0 && index % Math.ceil(count / errors) === 0;
    if (broken) lines[row] = lines[row]?.replace('name: ', 'name: @') ?? '';
    else places.push({ line: line + row, character: '  name: '.length });
    documents.push(lines.join('\n'));
    line += lines.length + 1;
  }
  return { text: `${documents.join('\n---\n')}\n`, places };
}

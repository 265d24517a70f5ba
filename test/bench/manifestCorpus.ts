import { readFileSync } from 'node:fs';
import { machineTemplate } from './machineTemplate.ts';

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
  (index) => machineTemplate(index, { flavor: 'm1.large', image: 'debian-12' }),
];

/** Of so many manifests one says something else than its schema, if any are to. */
const everyMistaken = 100;

/** A file of `count` manifests, every `1/errors`th broken from the start; `mistaken`: some others contradict their schema. Without randomness: the same text each time. */
export function manifestCorpus(count: number, errors: number, mistaken = false): Corpus {
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
    else if (mistaken && index % everyMistaken === shapes.length) {
      const field = lines.findIndex((text) => text.startsWith('  replicas: '));
      lines[field] = '  replicas: many';
    } else places.push({ line: line + row, character: '  name: '.length });
    documents.push(lines.join('\n'));
    line += lines.length + 1;
  }
  return { text: `${documents.join('\n---\n')}\n`, places };
}

/** One CustomResourceDefinition of thousands of lines: a published one whose versions stand in it several times. Each plain value of a type can be broken. */
export function definitionCorpus(versions: number): Corpus {
  const published = readFileSync(new URL('../fixtures/crds/capo.yaml', import.meta.url), 'utf8').split(/^---\n/m);
  const longest = published.reduce((one, other) => (other.length > one.length ? other : one));
  const [head = '', tail = ''] = longest.split(/(?<=^ {2}versions:\n)/m);
  const text = head + tail.repeat(versions);
  const places = text.split('\n').flatMap((content, line) => {
    const character = content.search(/(?<=^ +type: )\w+$/);
    return character < 0 ? [] : [{ line, character }];
  });
  return { text, places };
}

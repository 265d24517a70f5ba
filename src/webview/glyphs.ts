/** Line drawings of 16 × 16, as paths of SVG. */
const cube = 'M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM2.5 5 8 8l5.5-3M8 8v6';
const door = 'M2 8h7.5M6.5 5l3 3-3 3M10 2.5h3.5v11H10';
const road = 'M2.5 4H6l4 8h3.5M11 9.5l2.5 2.5-2.5 2.5M2.5 12H5M11 1.5 13.5 4 11 6.5M8.5 5.5 10 4h3.5';
const tree = 'M6.5 2.5h3v3h-3zM2 10.5h3v3H2zM11 10.5h3v3h-3zM8 5.5V8M3.5 10.5V8h9v2.5';
const sheets = 'M5 5h8.5v8.5H5zM2.5 10.5v-8h8';
const drums = 'M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zv8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2';
const rack = 'M2.5 2.5h11V7h-11zM2.5 9h11v4.5h-11zM5 4.8h.1M5 11.3h.1';
const shield = 'M8 1.8 13 3.8V8c0 3-2 5-5 6.2C5 13 3 11 3 8V3.8z';

const byKind: Readonly<Record<string, string>> = {
  Ingress: door,
  Gateway: door,
  HTTPRoute: road,
  GRPCRoute: road,
  TLSRoute: road,
  Service: tree,
  'Load balancer': 'M8 2v5M8 7 3 12M8 7l5 5M8 7v5M6.5 2h3M1.8 12.8h2.4M6.8 12.8h2.4M11.8 12.8h2.4',
  'Floating IP': 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM2 8h12M8 2c2.6 2.6 2.6 9.4 0 12M8 2c-2.6 2.6-2.6 9.4 0 12',
  HorizontalPodAutoscaler: 'M2 13 6 8l3 3 5-7M10.5 4H14v3.5',
  PodDisruptionBudget: shield,
  NetworkPolicy: shield,
  Deployment: sheets,
  StatefulSet: drums,
  DaemonSet: sheets,
  ReplicaSet: sheets,
  CronJob: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.5V8l2.5 2',
  Job: 'M2.5 4.5 4 6l2.5-3M2.5 11 4 12.5 6.5 9.5M9 4.5h5M9 11h5',
  Pod: cube,
  Node: rack,
  Server: rack,
  PersistentVolumeClaim: 'M2.5 5.5v8h11v-8M1.5 2.5h13v3h-13zM6.5 8.5h3',
  PersistentVolume: drums,
  Volume: drums,
  ConfigMap: 'M2 5h6.5M12 5h2M10.2 3.2v3.6M2 11h2M7.5 11H14M5.8 9.2v3.6',
  Secret: 'M13.5 5.5a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM8.6 7.4 3 13v1h2.5v-2h2v-2',
  Port: 'M5.5 2v3M10.5 2v3M4 5h8v3a4 4 0 0 1-8 0zM8 12v2.5',
};

/** Of a kind; any other is a ring. */
export const kindGlyph = (kind: string): string => byKind[kind] ?? 'M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 0z';

const ring = 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z';
/** Of how something stands; each has a shape of its own. */
export const moodGlyphs = {
  good: `${ring}M5.2 8.2l2 2 3.6-4.2`,
  quiet: 'M10.2 8a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0z',
  busy: 'M13.5 8A5.5 5.5 0 1 1 11 3.4M11.2 1v2.6H8.6',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  bad: `${ring}M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6`,
} as const;

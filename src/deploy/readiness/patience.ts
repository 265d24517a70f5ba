const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * How long things take that are well: an object fails when nothing of it has moved for so long, however long it has taken before. What a kind needs beyond `usual` stands in its row of
 * `rules.ts`; what a cause needs, whatever the kind, stands here. In ms.
 */
export const patience = {
  /** kubectl's and Helm's own patience (`--timeout`, 5 min). */
  usual: 5 * MINUTE,
  /** A definition is established and served within seconds. */
  definition: 2 * MINUTE,
  /** An Octavia amphora boots as a server of its own. */
  loadBalancer: 10 * MINUTE,
  /** A DNS-01 challenge waits for the record to be seen everywhere. */
  certificate: 15 * MINUTE,
  /** A Job says nothing while it works; `activeDeadlineSeconds` counts where it is set. */
  job: 30 * MINUTE,
  /** Networks, routers, the load balancer of the API and the first machines of it. */
  cluster: 30 * MINUTE,
  /** A server, its cloud-init, kubeadm join and the CNI. */
  machine: 20 * MINUTE,
  /** Inspection, cleaning and deployment of a real machine, each with a power cycle. */
  bareMetal: 60 * MINUTE,
  /** An image is downloaded, converted and stored. */
  image: 30 * MINUTE,
  /** A chart or an Application is a deployment of its own. */
  deployment: 15 * MINUTE,
  /** Large images over thin lines. */
  imagePull: 15 * MINUTE,
  /** A node that an autoscaler makes is a machine. */
  scaleUp: 20 * MINUTE,
} as const;

/** How long a trouble that may mend itself is met with patience before it is a failure, in ms. */
export const grace = {
  /** A controller tries again by itself; a second refusal is an answer. */
  secondTry: 5 * SECOND,
  /** What a controller usually gets over: a lost race, an object that comes a moment later. */
  short: 30 * SECOND,
  usual: MINUTE,
  /** Registries, mounts and OpenStack APIs that are away or slow down their callers. */
  remote: 3 * MINUTE,
  /** The attach-detach controller detaches by force from a node that does not answer after 6 min (kube-controller-manager, `maxWaitForUnmountDuration`); then comes Cinder. */
  volumeDetach: 8 * MINUTE,
  /** An unschedulable pod while an autoscaler makes a node. */
  scaleUp: 10 * MINUTE,
} as const;

/** A length of time as people say it: `40 s`, `7 min`, `1 h 5 min`. */
export function spell(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = minutes % 60;
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** A length of time as Go writes it (`90s`, `20m`, `1h30m`), in ms; undefined if it is none. */
export function readDuration(text: string): number | undefined {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim());
  if (!parts || text.trim() === '') return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return hours * 60 * MINUTE + minutes * MINUTE + seconds * SECOND;
}

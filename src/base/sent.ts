/** A change that went to a service and what came of it, as it is remembered: nothing of its content. */
export interface Sent {
  /** `stop server web-1`, `patch deployments web/scale`. */
  readonly what: string;
  /** `demo › dev`, `prod › shop`: cloud and project, context and namespace. */
  readonly where: string;
  /** `accepted`, or why not in one sentence. */
  readonly outcome: string;
  /** By which the service finds it again in its own log: a request id (OpenStack), an audit id (Kubernetes). */
  readonly id: string | undefined;
}

/** Hears of each change once, when it is answered. */
export type OnSent = (sent: Sent) => void;

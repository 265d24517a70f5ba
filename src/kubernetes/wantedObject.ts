/** An object, a part of it, or, instead of a name, any object that has labels. */
export interface WantedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** A key of a ConfigMap or Secret, a port of a Service by name or number. */
  readonly part?: string;
  /** A label selector as the API takes it; the name is empty then. */
  readonly selector?: string;
}

/** `lacking`: the object is there and has not the part that was asked for. `unknown`: it could not be read. */
export type ObjectPresence = 'found' | 'missing' | 'lacking' | 'unknown';

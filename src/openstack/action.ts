import type { Answers, Field } from './field.ts';
import type { Resource } from './kind.ts';

/** One request that changes a resource, below the versioned endpoint of its service. */
export interface Change {
  /** `GET` only in a question ({@link Project.ask}). */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the resource itself (`/action`); absent: the resource. */
  readonly path?: string;
  /** The collection in which the resource stands, instead of it. */
  readonly whole?: true;
  /** Another collection instead of the resource (`/snapshots`). */
  readonly collection?: string;
  /** Official type of another service that has the collection; absent: the resource's own. */
  readonly service?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** A change that the service has accepted; what became of it shows later. */
export interface Accepted {
  /** As the service names it in its log. */
  readonly requestId: string | undefined;
  /** What it answered, decoded; undefined where that is nothing, or no JSON. */
  readonly body?: unknown;
}

/** What is known when the request is made. */
export interface Asked {
  readonly resource: Resource;
  readonly id: string;
  /** Envelope of one resource, as the catalog's row has it. */
  readonly itemKey: string;
  /** The answers to `asks`. */
  readonly answers: Answers;
  /** The resource above, for kinds that lie below another one; else nothing. */
  readonly parent: Resource;
  /** Id of the project in which it is done. */
  readonly project: string;
}

/**
 * One row of the table of actions: everything the house asks about what a word of a kind's `can` does. The same word does the same everywhere; a kind's
 * row decides whether it is offered at all.
 */
export interface Action {
  /** In menus and as the button that says yes: `Reboot (Hard)`. */
  readonly title: string;
  /** In sentences, before what it is done to: `reboot`. */
  readonly verb: string;
  /** States in which the service takes it; default: any. */
  readonly offered?: (resource: Resource) => boolean;
  /** The services' own policies let nobody else do it: offered with the role `admin`. */
  readonly admin?: true;
  /** Asked of the first of several resources, for all of them. */
  readonly asks?: readonly Field[];
  /** The resource itself stays as it is: its owner does not mind. */
  readonly leaves?: true;
  /** The answer that names what is lost instead: a resource of this kind, whose owners mind. */
  readonly overwrites?: { readonly answer: string; readonly kind: string };
  /** The resource is gone afterwards, or no longer to be seen from here. */
  readonly ends?: true;
  /** What it costs: `destroys` is confirmed by name, `interrupts` by a click; absent: nothing is lost, nothing is asked. */
  readonly risk?: 'interrupts' | 'destroys';
  /** Several changes go out one after the other, until one is refused. */
  readonly change: (asked: Asked) => Change | readonly Change[];
  /** Whether it was carried out, once the resource has settled; absent: nobody can tell from the resource. */
  readonly reached?: (now: Resource, before: Resource, answers: Answers) => boolean;
  /** What it reaches may count as bad (`ERROR`, down): that was asked for, and is no trouble to tell of. */
  readonly badOnPurpose?: true;
  /** Kinds of which others exist or look otherwise afterwards: `['block-storage.snapshot']`. */
  readonly touches?: readonly string[];
  /** Field of the answer that is told this once and never again (the key of a volume transfer). */
  readonly once?: string;
}

/** Checks rows; keeps their words. */
export function defineActions<W extends string>(rows: Readonly<Record<W, Action>>): Readonly<Record<W, Action>> {
  return rows;
}

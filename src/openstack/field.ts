import type { Resource } from './kind.ts';

/** Answers by the names of the fields; those left empty are absent. */
export type Answers = Readonly<Record<string, string>>;

/** A value, or how it follows from what is asked about (the resource of an action, the parent of what is created, else nothing) and from the answers so far. */
export type Given<T> = T | ((about: Resource, answers: Answers) => T);

interface Named {
  /** By which the request knows the answer, and by which a list narrowed to one parent answers it (`network_id`). */
  readonly name: string;
  /** The question. */
  readonly title: string;
  /** May be left empty. */
  readonly optional?: true;
  /** Asked only then; default: always. */
  readonly when?: (about: Resource, answers: Answers) => boolean;
}

/** What is picked of the live resources of a kind. */
interface Picked {
  /** Id of a kind. */
  readonly kind: Given<string>;
  readonly fits?: (one: Resource, about: Resource, answers: Answers) => boolean;
  /** The field that is the answer; default: the identity. */
  readonly by?: string;
}

/** One question of a form. What names a resource is picked from live ones, never typed unless the list cannot hold them all. */
export type Field = Named &
  (
    | { readonly as: 'text'; readonly value?: Given<string>; readonly fits?: RegExp; readonly hint?: string }
    /** Not shown while it is typed, kept nowhere. */
    | { readonly as: 'secret' }
    /** Whole, as its digits. */
    | { readonly as: 'number'; readonly atLeast: Given<number>; readonly value?: Given<number | string> }
    | { readonly as: 'choice'; readonly of: Given<readonly string[]> }
    | (Picked & {
        readonly as: 'resource';
        /** A single one that fits is not asked for. */
        readonly obvious?: true;
        /** It may be one that the user cannot list (another project): its id is typed then. */
        readonly typed?: true;
      })
    /** Any number of them; the answer is joined by commas. */
    | (Picked & { readonly as: 'resources'; readonly value?: (about: Resource) => readonly string[] })
    /** The text of one of the user's own public keys in `~/.ssh`. */
    | { readonly as: 'publicKey' }
    /** The text of a file that is picked. */
    | { readonly as: 'file' }
  );

/** The value that is {@link Given}. */
export function resolved<T extends string | number | readonly string[]>(value: Given<T>, about: Resource, answers: Answers): T {
  return typeof value === 'function' ? value(about, answers) : value;
}

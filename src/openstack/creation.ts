import type { Change } from './action.ts';
import type { Answers, Field } from './field.ts';
import type { Resource } from './kind.ts';
import type { KindId } from './kinds/kinds.ts';

/** How one more resource of a kind is made: what is asked, and the request. */
export interface Creation {
  readonly fields: readonly Field[];
  /** `parent` is the resource above, for kinds that lie below another one; else nothing. */
  readonly change: (answers: Answers, parent: Resource) => Change;
  /** Field of the answer that is told this once and never again (the secret of an application credential). */
  readonly once?: string;
}

/** Rows of the table of creations. Bodies: the API reference of each service, "Create …". */
export type Creations = { readonly [K in KindId]?: Creation };

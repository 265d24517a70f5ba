import type { CheckKind, CheckRow, CheckSpecs } from './check.ts';
import { condition } from './condition.ts';
import { http } from './http.ts';
import { job } from './job.ts';
import { members } from './members.ts';

/** The kinds of checks of one's own, by the key that names them in the file. */
export const checkRows: { readonly [K in CheckKind]: CheckRow<CheckSpecs[K]> } = { http, condition, job, members };

/** How the program ends, for pipelines: 0 is well. */
export const COULD_NOT_RUN = 1;
export const CHANGES = 2;
export const PARTIAL = 3;
export const REFUSED = 4;
export const WRONG = 5;
export const CANCELLED = 130;

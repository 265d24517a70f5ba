import type { Document } from 'yaml';

/**
 * Trees in which the reader of common YAML met nothing out of the ordinary, as it meets nothing in nearly all: keys are texts, each once in its mapping; no merge, anchor or alias; no plain scalar, be
 * it key or value, reads otherwise than it looks. Nobody has to go through them for such things. One that is not among them may be as ordinary.
 */
export const ordinaryTrees = new WeakSet<Document>();

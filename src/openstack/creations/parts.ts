import type { Change } from '../action.ts';
import type { Answers, Field } from '../field.ts';
import type { Resource } from '../kind.ts';

export const name = { name: 'name', title: 'Name', as: 'text' } as const satisfies Field;
export const description = { name: 'description', title: 'Description', as: 'text', optional: true } as const satisfies Field;
export const isActive = (resource: Resource) => /^active$/i.test(String(resource['status']));
export const isExternal = (network: Resource) => network['router:external'] === true;

export const post = (body: unknown): Change => ({ method: 'POST', body });

/** Answers as the service wants them: those left empty are left out. */
export const wrapped = (key: string, answers: Answers): Change => post({ [key]: answers });

/** The identities of an answer that names several. */
export const listed = (answer = ''): readonly string[] => answer.split(',').filter((id) => id !== '');

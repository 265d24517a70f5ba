import type { Action } from '../action.ts';
import { projectField } from '../formFields.ts';
import type { Resource } from '../kind.ts';
import { post, segment } from './requests.ts';

const specsOf = (type: Resource) => Object.keys(Object(type['extra_specs']));

/** What flavors and volume types have alike: who may use one that is not public; `name` is the request's word for the project. */
export const allowing = (action: string, name: string, isPublic: (type: Resource) => boolean): Action => ({
  title: 'Allow Project…',
  verb: 'let a project use',
  admin: true,
  offered: (type) => !isPublic(type),
  asks: [projectField(name)],
  change: ({ answers }) => post(action, answers),
});

export const denying = (action: string, name: string, isPublic: (type: Resource) => boolean): Action => ({
  ...allowing(action, name, isPublic),
  title: 'Deny Project…',
  verb: 'let a project no longer use',
  risk: 'interrupts',
});

/** Extra specs, below the type at `path`. */
export const settingSpec = (path: string, hint: string): Action => ({
  title: 'Set Extra Spec…',
  verb: 'set an extra spec of',
  admin: true,
  asks: [
    { name: 'key', as: 'text', title: 'Name', hint },
    { name: 'value', as: 'text', title: 'Value', value: (type, { key = '' }) => String(Object(type['extra_specs'])[key] ?? '') },
  ],
  change: ({ answers: { key = '', value = '' } }) => ({ method: 'POST', path, body: { extra_specs: { [key]: value } } }),
});

export const removingSpec = (path: string): Action => ({
  title: 'Remove Extra Spec…',
  verb: 'remove an extra spec of',
  admin: true,
  offered: (type) => specsOf(type).length > 0,
  asks: [{ name: 'key', as: 'choice', title: 'Which one?', of: specsOf }],
  change: ({ answers }) => ({ method: 'DELETE', path: `${path}/${segment(answers['key'])}` }),
});

import type { Asked, Change } from '../action.ts';

/** Nova, Cinder, Manila: `POST …/{id}/action` with one key that names it. */
export const post = (name: string, value: unknown = null): Change => ({
  method: 'POST',
  path: '/action',
  body: { [name]: value },
});

/** Some fields of the resource, in the envelope of one. */
export const put = ({ itemKey }: Asked, fields: unknown): Change => ({ method: 'PUT', body: { [itemKey]: fields } });

/** An answer as one segment of a path. */
export const segment = (answer = ''): string => encodeURIComponent(answer);

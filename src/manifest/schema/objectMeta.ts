import type { FieldSchema } from './fieldSchema.ts';

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const objects = { type: 'array', items: { type: 'object' } };

/**
 * `metadata` where a schema says of it no more than that it is an object, as a CustomResourceDefinition does. What the server writes itself is allowed and not looked at.
 * Source: ObjectMeta of the Kubernetes API reference (meta/v1).
 */
export const objectMeta: FieldSchema = {
  type: 'object',
  properties: {
    name: { ...text, description: 'Name of the object, unique in its namespace.' },
    generateName: { ...text, description: 'Prefix of a name that the server completes, where no name is given.' },
    namespace: { ...text, description: 'Namespace the object is in.' },
    labels: { ...texts, description: 'Keys and values by which objects are selected.' },
    annotations: { ...texts, description: 'Keys and values that tools keep with the object; they select nothing.' },
    finalizers: { type: 'array', items: text, description: 'What must be done before the object goes.' },
    ownerReferences: { ...objects, description: 'Objects this one goes with.' },
    uid: text,
    resourceVersion: text,
    generation: { type: 'integer' },
    creationTimestamp: text,
    deletionTimestamp: text,
    deletionGracePeriodSeconds: { type: 'integer' },
    selfLink: text,
    managedFields: objects,
  },
};

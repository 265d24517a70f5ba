import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causesOf, refusalOf } from '../../src/kubernetes/status.ts';

interface Case {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly object[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Refusals as API servers of Kubernetes 1.36 word them → what the user reads. */
const cases: Readonly<Record<string, [Case, string]>> = {
  'a right is missing': [
    {
      status: 403,
      reason: 'Forbidden',
      message:
        'deployments.apps "web" is forbidden: User "alice" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    },
    'forbidden: prod forbids it: deployments.apps "web" is forbidden: User "alice" cannot patch resource "deployments" in API group "apps" in the namespace "shop". Ask who administers it for a role that allows this.',
  ],
  'a quota is full': [
    {
      status: 403,
      reason: 'Forbidden',
      message: 'pods "web" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2',
    },
    'forbidden: prod forbids it: pods "web" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2.',
  ],
  'a namespace is terminating': [
    {
      status: 403,
      reason: 'Forbidden',
      message: 'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
      causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }],
    },
    'forbidden: prod forbids it: configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated. [metadata.namespace NamespaceTerminating]',
  ],
  'a field is immutable': [
    {
      status: 422,
      reason: 'Invalid',
      message: 'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable',
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.selector', message: 'field is immutable' }],
    },
    'invalid: prod: Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable. [spec.selector FieldValueInvalid]',
  ],
  'a webhook denies': [
    { status: 400, reason: 'BadRequest', message: 'admission webhook "check.acme.org" denied the request: no owner label' },
    'invalid: prod: admission webhook "check.acme.org" denied the request: no owner label.',
  ],
  'an object is too large for the store': [
    {
      status: 500,
      message: 'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2800627 vs. 2097152)',
    },
    'invalid: prod cannot store so large an object: rpc error: code = ResourceExhausted desc = trying to send message larger than max (2800627 vs. 2097152).',
  ],
  'a request is too large for etcd': [
    { status: 500, message: 'etcdserver: request is too large' },
    'invalid: prod cannot store so large an object: etcdserver: request is too large.',
  ],
  'a conversion webhook cannot be reached': [
    {
      status: 500,
      message:
        'conversion webhook for acme.org/v1, Kind=Shop failed: Post "https://shops.acme.svc:443/convert?timeout=30s": service "shops" not found',
    },
    'unavailable: The API server of prod could not do it: conversion webhook for acme.org/v1, Kind=Shop failed: Post "https://shops.acme.svc:443/convert?timeout=30s": service "shops" not found.',
  ],
  'a webhook cannot be reached': [
    {
      status: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: failed calling webhook "check.acme.org": context deadline exceeded',
    },
    'unavailable: The API server of prod could not do it: Internal error occurred: failed calling webhook "check.acme.org": context deadline exceeded.',
  ],
  'another manager owns fields': [
    {
      status: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kim": .data.a',
      causes: [{ reason: 'FieldManagerConflict', field: '.data.a', message: 'conflict with "kim"' }],
    },
    'conflict: prod: Apply failed with 1 conflict: conflict with "kim": .data.a. [.data.a FieldManagerConflict]',
  ],
  'no schema has the field (500 without a reason)': [
    {
      status: 500,
      message: 'failed to create typed patch object (shop/a; /v1, Kind=ConfigMap): .dta: field not declared in schema',
    },
    'invalid: prod: failed to create typed patch object (shop/a; /v1, Kind=ConfigMap): .dta: field not declared in schema.',
  ],
  'nothing is there': [
    { status: 404, reason: 'NotFound', message: 'services "web" not found' },
    'notFound: prod: services "web" not found.',
  ],
  'a version is too old': [
    { status: 410, reason: 'Expired', message: 'The resourceVersion is too old' },
    'expired: prod: The resourceVersion is too old.',
  ],
  'the credentials do not count': [
    { status: 401, reason: 'Unauthorized', message: 'Unauthorized' },
    'signedOut: prod does not accept the credentials of its kubeconfig entry. Sign in again.',
  ],
  'there is too much to do': [
    { status: 429, reason: 'TooManyRequests', message: 'Too many requests', headers: { 'retry-after': '2' } },
    'throttled: The API server of prod asks for patience: Too many requests. after 2000 ms',
  ],
  'a text of several lines with control characters': [
    { status: 422, reason: 'Invalid', message: 'bad\u001b[31m\u202ered\nline' },
    'invalid: prod: bad red line.',
  ],
  'a proxy answers for it': [
    { status: 502, text: 'Bad gateway', headers: { 'content-type': 'text/plain' } },
    'unavailable: The API server of prod could not do it: it answered with status 502.',
  ],
};

describe('what the API server refuses is said in a sentence', () => {
  for (const [name, [{ status, reason, message, causes, headers = {}, text }, expected]] of Object.entries(cases))
    it(name, () => {
      const json = JSON.stringify({ kind: 'Status', status: 'Failure', code: status, reason, message, details: { causes } });
      const body = Buffer.from(text ?? json);
      const answer = { status, headers: { 'content-type': 'application/json', ...headers }, body, text: () => body.toString() };
      const refused = refusalOf(answer, 'prod', 0);
      assert.ok(!refused.ok);
      const { failure } = refused;
      const fields = causesOf(failure).map((cause) => `${cause.field} ${cause.reason}`);
      assert.equal(
        [
          `${failure.reason}: ${failure.message}`,
          ...(failure.retryAfterMs === undefined ? [] : [`after ${failure.retryAfterMs} ms`]),
          ...(fields.length > 0 ? [`[${fields.join(', ')}]`] : []),
        ].join(' '),
        expected,
      );
    });
});

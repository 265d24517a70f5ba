import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { asSettings } from './configFiles.ts';

/** Keystone's word that some factors of a sign-in were right, and which are still missing. The value is a secret, good for some minutes. */
export interface Receipt {
  readonly value: string;
  /** For each rule that would do, the auth methods it still wants; fewest first. */
  readonly missing: readonly (readonly string[])[];
}

/** Reads a 401 that carries a receipt; undefined when it carries none. Source: identity API reference v3, "Multi-factor authentication with receipts". */
export function receiptOf(response: HttpResponse): Receipt | undefined {
  const value = response.headers['openstack-auth-receipt'];
  if (response.status !== 401 || !value) return undefined;
  const body = jsonOf(response, '');
  if (!body.ok) return undefined;
  const { receipt, required_auth_methods: rules } = asSettings(body.value);
  const done = new Set(listOf(asSettings(receipt)['methods']).map(String));
  const open = listOf(rules).map((rule) => listOf(rule).map(String));
  const missing = open
    .filter((rule) => rule.some((method) => done.has(method)))
    .map((rule) => rule.filter((method) => !done.has(method)));
  return { value, missing: missing.sort((one, other) => one.length - other.length) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

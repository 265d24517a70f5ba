import { type Failure, failed, type Reason } from './failure.ts';

/** Why this side ended an exchange; carried as the abort reason so that the sentence can name it. */
export class Ended extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const unknownAuthority = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

/** Error code → reason and the rest of the sentence that begins with the host. Sources: Node's errors page, OpenSSL's alert names. */
const sentences: readonly (readonly [code: RegExp, reason: Reason, sentence: string])[] = [
  [/^ECONNREFUSED$/, 'offline', 'refused the connection. Check the address and that the service is running.'],
  [
    /^(ENOTFOUND|EAI_NONAME|EAI_NODATA)$/,
    'offline',
    'cannot be found: its name does not resolve. Check the address and the network.',
  ],
  [/^EAI_/, 'offline', 'cannot be resolved now: the name server does not answer. Try again.'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT)$/, 'offline', 'timed out. Check the network, then try again.'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/, 'offline', 'cannot be reached from here. Check the network.'],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|HPE_INVALID_EOF_STATE)$/,
    'offline',
    'closed the connection before it had answered. Try again.',
  ],
  [/^CERT_HAS_EXPIRED$/, 'untrusted', 'presents a certificate that has expired. Its operator must renew it.'],
  [/^CERT_NOT_YET_VALID$/, 'untrusted', "presents a certificate that is not valid yet. Check this machine's clock."],
  [/^CERT_REVOKED$/, 'untrusted', 'presents a revoked certificate.'],
  [
    /ALERT_(NO_|BAD_|UNSUPPORTED_|UNKNOWN_)?CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_ACCESS_DENIED/,
    'untrusted',
    'did not accept the client certificate. Check the configured cert and key.',
  ],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/,
    'malformed',
    'does not speak TLS on this port. Is the address http:// instead of https://?',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    'untrusted',
    'offers no TLS version or cipher that is safe to use.',
  ],
  [
    /^ERR_OSSL|^ERR_CRYPTO|BAD_BASE64|NO_START_LINE|KEY_VALUES_MISMATCH|BAD_DECRYPT/,
    'invalid',
    'cannot be asked: the configured certificate, key or CA is not valid PEM, or key and certificate do not belong together.',
  ],
  [/^(Z_DATA_ERROR|Z_BUF_ERROR)$/, 'malformed', 'sent a body that cannot be decompressed.'],
  [/^HPE_/, 'malformed', 'does not answer in HTTP. Check the port.'],
  [/EPROTO/, 'untrusted', 'ended the TLS handshake. Check the port and the certificates.'],
];

/**
 * One sentence for an error of Node's sockets, TLS or zlib; `host` is how the user knows the server (`keystone.lab:5000`).
 * Never contains headers, bodies or queries.
 */
export function networkFailure(error: unknown, host: string): Failure {
  if (error instanceof Ended) return { reason: error.reason, message: `${host} ${error.message}` };
  const code = codeOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongHost(error, host);
  if (unknownAuthority.has(code)) {
    return {
      reason: 'untrusted',
      message: `${host} presents a certificate of an authority this machine does not know. Name its CA in the configuration.`,
    };
  }
  const row = sentences.find(([pattern]) => pattern.test(code));
  if (row) return { reason: row[1], message: `${host} ${row[2]}` };
  return {
    reason: 'offline',
    message: `${host} cannot be reached${code ? ` (${code})` : ''}. Check the network, then try again.`,
  };
}

/** The same as an outcome. */
export function networkFailed(error: unknown, host: string) {
  const { reason, message } = networkFailure(error, host);
  return failed(reason, message);
}

/** The code of the error, of its cause, or of the first of several attempts (IPv6 then IPv4). */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && error.code !== 'ABORT_ERR') {
    // OpenSSL's own reason stands in the message only: `…:wrong version number:…`.
    return error.code === 'EPROTO' ? error.message.toUpperCase().replaceAll(' ', '_') : error.code;
  }
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

function wrongHost(error: unknown, host: string): Failure {
  const names = error instanceof Error && 'cert' in error ? namesOf(error.cert) : undefined;
  return {
    reason: 'untrusted',
    message: `${host} presents a certificate for ${names ?? 'another host'}. Check the address, or name the right CA.`,
  };
}

function namesOf(cert: unknown): string | undefined {
  if (typeof cert !== 'object' || cert === null) return undefined;
  if ('subjectaltname' in cert && typeof cert.subjectaltname === 'string') {
    return cert.subjectaltname.replace(/\b(DNS|IP Address):/g, '');
  }
  const subject = 'subject' in cert ? cert.subject : undefined;
  if (typeof subject !== 'object' || subject === null || !('CN' in subject)) return undefined;
  return String(subject.CN);
}

import { generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** Who a certificate is asked for, in Kubernetes' words: the user, and the group that user is in. */
export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
}

/** A fresh private key and the request for its certificate, PEM texts. The key never leaves this machine. */
export interface CertificateRequest {
  readonly key: string;
  readonly request: string;
}

/** Makes an RSA key of 2,048 bits and a PKCS #10 request signed with it (RFC 2986; no attributes, since a cluster's authority takes none). Node makes no such requests by itself. */
export async function certificateRequest(subject: Subject): Promise<CertificateRequest> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const info = der(
    SEQUENCE,
    der(INTEGER, Buffer.of(0)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(ATTRIBUTES),
  );
  const signature = sign('sha256', info, privateKey);
  const request = der(SEQUENCE, info, der(SEQUENCE, oid(sha256WithRsa), der(NULL)), der(BIT_STRING, Buffer.of(0), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    request: pem('CERTIFICATE REQUEST', request),
  };
}

/** Tags of ITU-T X.690, and of the attributes' `[0]` in RFC 2986. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const ATTRIBUTES = 0xa0;

/** Object identifiers: RFC 8017 (algorithm), RFC 4519 (O, CN), as their bytes. */
const sha256WithRsa = '2a864886f70d01010b';
const organizationName = '55040a';
const commonName = '550403';

function nameOf(subject: Subject): Buffer {
  const part = (type: string, value: string) => der(SET, der(SEQUENCE, oid(type), der(UTF8_STRING, Buffer.from(value))));
  const { organization } = subject;
  return der(
    SEQUENCE,
    ...(organization === undefined ? [] : [part(organizationName, organization)]),
    part(commonName, subject.commonName),
  );
}

const oid = (hex: string) => der(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));

/** Tag, length, value. Lengths over 127 take as many bytes as they need, told in front. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, value]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

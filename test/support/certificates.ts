import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, PEM texts. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** A private authority, made with the machine's openssl in a folder of its own. */
export interface Certificates {
  readonly ca: string;
  /** A certificate for these names (`DNS:a.example,IP:127.0.0.1`); expired ones ended in 2021. */
  issue(names: string, state?: 'valid' | 'expired'): KeyPair;
  dispose(): void;
}

const configuration = `
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes the authority; throws when openssl is not installed. */
export function certificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, 'ca.cnf'), configuration);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=private authority');
  let count = 0;
  return {
    ca: read('ca.crt'),
    issue: (names, state = 'valid') => {
      const name = `issued${count++}`;
      openssl(
        'req',
        ...newKey,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=${names}`,
      );
      const dates = state === 'expired' ? ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'] : ['-days', '2'];
      openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.crt`, ...dates);
      return { key: read(`${name}.key`), cert: read(`${name}.crt`) };
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

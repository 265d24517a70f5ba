import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with an `ssh` in it that keeps the contract of `ssh -N -L socket:host:port -- bastion`, for a PATH. */
export interface StandInSsh extends Disposable {
  readonly folder: string;
  /** The arguments of each run, a line each. */
  readonly runs: readonly string[];
  /** How many of them have ended. */
  readonly ended: number;
}

/**
 * Leads every forwarded connection to one port of this machine, whatever it asks for, as a bastion does that can see a private network. What goes wrong is chosen by the
 * bastion's name: `unknown` `changed` `denied` `closed` `silent`; `prohibited` and `refused` listen, and then end each connection. Words: OpenSSH, sshconnect.c, channels.c.
 */
export function standInSsh(port: number): StandInSsh {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-'));
  const [runs, ends] = [join(folder, 'runs'), join(folder, 'ends')];
  for (const file of [runs, ends]) writeFileSync(file, '');
  writeFileSync(join(folder, 'ssh.cjs'), program(port, runs, ends));
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec "${process.execPath}" "${join(folder, 'ssh.cjs')}" "$@"\n`);
  chmodSync(join(folder, 'ssh'), 0o755);
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    folder,
    get runs() {
      return lines(runs);
    },
    get ended() {
      return lines(ends).length;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const program = (port: number, runs: string, ends: string) => `
const { appendFileSync } = require('node:fs');
const net = require('node:net');
const args = process.argv.slice(2);
const host = args[args.indexOf('--') + 1].split('.')[0];
const [path] = args[args.indexOf('-L') + 1].split(':');
appendFileSync(${JSON.stringify(runs)}, args.join(' ') + '\\n');
process.on('exit', () => appendFileSync(${JSON.stringify(ends)}, 'ended\\n'));
process.on('SIGTERM', () => process.exit(255));
const says = {
  unknown: 'No ED25519 host key is known for unknown and you have requested strict checking.\\r\\nHost key verification failed.\\r\\n',
  changed: '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\\r\\nHost key verification failed.\\r\\n',
  denied: 'kim@denied: Permission denied (publickey).\\r\\n',
  closed: 'ssh: connect to host closed port 22: Connection refused\\r\\n',
};
const troubles = {
  prohibited: 'channel 1: open failed: administratively prohibited: open failed\\r\\n',
  refused: 'channel 1: open failed: connect failed: Connection refused\\r\\n',
};
if (says[host]) {
  process.stderr.write(says[host], () => process.exit(255));
} else if (host === 'silent') {
  setInterval(() => {}, 1000);
} else {
  net.createServer((near) => {
    near.on('error', () => {});
    if (troubles[host]) return process.stderr.write(troubles[host], () => near.destroy());
    const far = net.connect(${port}, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  }).listen(path);
}
`;

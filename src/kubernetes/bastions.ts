import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Door, type DoorPlace, isListening, type OpenDoor } from '../base/door.ts';
import type { Disposable } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { listenLocally } from '../base/localListener.ts';
import { plainText } from '../base/plainText.ts';
import type { ContextSummary } from './cluster.ts';
import type { ExecSurroundings } from './execCredential.ts';
import { findProgram, folderAround } from './program.ts';

/** A bastion as a setting names it. */
export interface BastionAddress {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** What ssh is told, beside where it goes: no questions, an end when it cannot listen or the other side is silent for 45 s, and no commands of its own. Source: ssh_config(5). */
const options = {
  BatchMode: 'yes',
  ExitOnForwardFailure: 'yes',
  ConnectTimeout: '10',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '3',
  StreamLocalBindMask: '0177',
  PermitLocalCommand: 'no',
} as const;

/** Times in ms: for tests. */
export interface BastionPatience {
  /** Until ssh listens. */
  readonly opensMs?: number;
  /** A way that nobody is on is closed after so long. */
  readonly idleMs?: number;
}

const patienceMs = { opens: 20_000, idle: 60_000 } as const;
/** Waits before ssh is run again unasked after it failed; from the last on a gesture is needed. */
const waitsMs = [5_000, 30_000, 300_000];
const longestSaid = 4000;

/** The bastions that servers are reached through: one ssh for each bastion and server, whichever contexts share them. Nothing is run before the first request. */
export class Bastions implements Disposable {
  readonly #named: Readonly<Record<string, string>>;
  readonly #surroundings: ExecSurroundings & BastionPatience;
  readonly #doors = new Map<string, Bastion>();

  /** `named`: by the name of a context or the host of a server, `*` for any text. */
  constructor(named: Readonly<Record<string, string>>, surroundings: ExecSurroundings & BastionPatience) {
    this.#named = named;
    this.#surroundings = surroundings;
  }

  /** The bastion of a context as the setting writes it; a name of its own wins over a pattern. */
  nameFor({ name, server = '' }: Pick<ContextSummary, 'name' | 'server'>): string | undefined {
    const subjects = [name, URL.parse(server)?.hostname.replace(/^\[|\]$/g, '') ?? ''];
    const keys = Object.keys(this.#named);
    const key =
      keys.find((one) => subjects.includes(one)) ?? keys.find((one) => subjects.some((subject) => matches(one, subject)));
    return key === undefined ? undefined : this.#named[key] || undefined;
  }

  /** The way to the server of a context; undefined when it has no bastion. */
  to(context: Pick<ContextSummary, 'name' | 'server'>): Bastion | undefined {
    const named = this.nameFor(context);
    const url = URL.parse(context.server ?? '');
    if (named === undefined || !url) return undefined;
    const target = `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;
    const key = `${named} ${target}`;
    const door = this.#doors.get(key) ?? new Bastion(named, target, this.#surroundings);
    this.#doors.set(key, door);
    return door;
  }

  dispose(): void {
    for (const door of this.#doors.values()) door.dispose();
    this.#doors.clear();
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly place: DoorPlace;
  readonly folder: string | undefined;
}

/** The way to one server by the user's own `ssh`: `-L` from a socket file that only this user can open (on Windows, a port of 127.0.0.1), run by path and argument list. */
export class Bastion implements Door, Disposable {
  readonly name: string;
  readonly #named: string;
  readonly #target: string;
  readonly #surroundings: ExecSurroundings & BastionPatience;
  #running: Running | undefined;
  #opening: Promise<Result<Running>> | undefined;
  #failure: { readonly failure: Failure; readonly notBefore: number } | undefined;
  #failures = 0;
  #inside = 0;
  #idle: NodeJS.Timeout | undefined;
  #said = '';
  #disposed = false;

  constructor(named: string, target: string, surroundings: ExecSurroundings & BastionPatience) {
    this.name = `${named} ${target}`;
    this.#named = named;
    this.#target = target;
    this.#surroundings = surroundings;
  }

  async open(): Promise<Result<OpenDoor>> {
    if (this.#disposed) return failed('cancelled', 'was not asked: its context was closed.');
    const known = this.#failure;
    if (!this.#running && known && known.notBefore > this.#now()) return { ok: false, failure: known.failure };
    this.#opening ??= this.#running
      ? undefined
      : this.#start().finally(() => {
          this.#opening = undefined;
        });
    const opened = this.#running ? success(this.#running) : await (this.#opening ?? failed('offline', 'cannot be reached.'));
    if (!opened.ok) return this.#fail(opened.failure);
    this.#failure = undefined;
    this.#failures = 0;
    this.#said = '';
    return success({ place: opened.value.place, enter: () => this.#enter() });
  }

  trouble(): Failure | undefined {
    const refused = /open failed: (.*)/.exec(this.#said)?.[1];
    if (refused === undefined) return undefined;
    const message = /administratively prohibited/.test(refused)
      ? `cannot be reached: bastion ${this.#shown} does not let connections through (AllowTcpForwarding, PermitOpen).`
      : `cannot be reached from bastion ${this.#shown}: ${plainText(refused, 160)}.`;
    return { reason: 'offline', message };
  }

  /** The user asks: ssh may run again although it failed. */
  tryAgain(): void {
    this.#failure = undefined;
    this.#failures = 0;
  }

  dispose(): void {
    this.#disposed = true;
    this.#end();
  }

  get #shown(): string {
    return plainText(this.#named, 80);
  }

  #now(): number {
    return this.#surroundings.now?.() ?? Date.now();
  }

  #enter(): () => void {
    this.#inside += 1;
    clearTimeout(this.#idle);
    return () => {
      this.#inside -= 1;
      if (this.#inside === 0 && this.#running)
        this.#idle = setTimeout(() => this.#end(), this.#surroundings.idleMs ?? patienceMs.idle);
    };
  }

  #end(): void {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = undefined;
    if (running) void close(running);
  }

  #fail(failure: Failure): Result<never> {
    const known = this.#failure;
    // All who waited for the same ssh come here.
    if (known?.failure === failure) return { ok: false, failure };
    const wait = failure.reason === 'signedOut' ? undefined : waitsMs[this.#failures];
    this.#failures += 1;
    this.#failure = { failure, notBefore: this.#now() + (wait ?? Number.POSITIVE_INFINITY) };
    return { ok: false, failure };
  }

  async #start(): Promise<Result<Running>> {
    const { env, mayRun, workspaceFolders, logger, opensMs = patienceMs.opens } = this.#surroundings;
    const address = parseBastion(this.#named);
    if (!address)
      return failed('invalid', `is not asked: "${this.#shown}" is no bastion. Write user@host:port, or a host of ~/.ssh/config.`);
    const program = await findProgram('ssh', '', env);
    if (program === undefined)
      return failed('invalid', `is not asked: ssh, by which bastion ${this.#shown} is reached, was not found. Install OpenSSH.`);
    const folder = await folderAround(program, workspaceFolders?.() ?? []);
    if (folder !== undefined)
      return failed('invalid', `is not asked: ${program} lies in the workspace folder ${folder}, so it is not run.`);
    const asked = argumentsOf(address, this.#target, '…');
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([program, asked]))
      .digest('hex');
    const purpose = 'tunnel' as const;
    if (!(await mayRun({ user: this.#target, purpose, program, args: asked, envNames: [], fingerprint })))
      return failed('signedOut', `is not asked: you have not allowed ${program} to lead to it through bastion ${this.#shown}.`);
    if (this.#disposed) return failed('cancelled', 'was not asked: its context was closed.');
    const place = await placeOf();
    if (!place.ok) return place;
    const args = argumentsOf(
      address,
      this.#target,
      'path' in place.value.place ? place.value.place.path : `127.0.0.1:${place.value.place.port}`,
    );
    const child = spawn(program, args, {
      // Its words are read: they are to be English. Nobody is there to answer a question.
      env: { ...env, LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' },
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    const running: Running = { child, ...place.value };
    const ended = this.#listen(child, running);
    const opened = await Promise.race([ended, this.#listens(place.value.place, child, opensMs)]);
    if (opened.ok && !this.#disposed) {
      logger.info(`Bastion ${this.#shown} leads to ${this.#target}.`);
      this.#running = running;
      return success(running);
    }
    await close(running);
    return opened.ok ? failed('cancelled', 'was not asked: its context was closed.') : opened;
  }

  /** Settles when ssh ends before it listens; later its end closes the way. */
  #listen(child: ChildProcess, running: Running): Promise<Result<Running>> {
    this.#said = '';
    child.stderr?.on('data', (part: Buffer) => {
      this.#said = (this.#said + part.toString()).slice(-longestSaid);
    });
    return new Promise((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve(failed('invalid', `is not asked: ssh could not be started (${error.code}).`)),
      );
      child.once('close', () => {
        if (this.#running === running) this.#end();
        resolve({
          ok: false,
          failure: { reason: 'offline', message: sentenceOf(this.#said, this.#shown, parseBastion(this.#named)) },
        });
      });
    });
  }

  async #listens(place: DoorPlace, child: ChildProcess, opensMs: number): Promise<Result<undefined>> {
    for (const end = Date.now() + opensMs; Date.now() < end && child.exitCode === null; await delay(50))
      if (await isListening(place)) return success(undefined);
    return failed('offline', `cannot be reached: bastion ${this.#shown} did not answer within ${Math.round(opensMs / 1000)} s.`);
  }
}

/** Reads `user@host:port`, with brackets around an IPv6 address; undefined for what ssh could take for an option. */
export function parseBastion(text: string): BastionAddress | undefined {
  const [, user, bracketed, plain, port] =
    /^(?:([\w.][\w.+-]*)@)?(?:\[([\da-f:.%]+)\]|(\w[\w.-]*))(?::(\d{1,5}))?$/iu.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}

function argumentsOf({ user, host, port }: BastionAddress, target: string, from: string): readonly string[] {
  return [
    '-N',
    '-T',
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '-L',
    `${from}:${target}`,
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    host,
  ];
}

/** A socket file in a folder of its own that nobody else may enter. */
async function placeOf(): Promise<Result<Pick<Running, 'place' | 'folder'>>> {
  if (process.platform !== 'win32') {
    const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
    return success({ folder, place: { path: join(folder, 's') } });
  }
  const free = await listenLocally(0, (connection) => connection.destroy());
  if (!free.ok) return free;
  free.value.dispose();
  return success({ folder: undefined, place: { port: free.value.port } });
}

async function close({ child, folder }: Running): Promise<void> {
  child.kill();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** What ssh printed as a sentence. Sources: OpenSSH, sshconnect.c and sshconnect2.c. */
function sentenceOf(said: string, shown: string, address: BastionAddress | undefined): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const last = plainText(lines.at(-1) ?? '', 200);
  const once = `ssh ${address?.port === undefined ? '' : `-p ${address.port} `}${address?.user === undefined ? '' : `${address.user}@`}${address?.host}`;
  if (/host identification has changed/i.test(said))
    return `cannot be reached: the host key of bastion ${shown} is another than ssh knows. Ask its operator, then correct ~/.ssh/known_hosts.`;
  if (/host key verification failed|no .* host key is known/i.test(said))
    return `cannot be reached: ssh does not know the host key of bastion ${shown}. Connect once in a terminal: ${once}`;
  if (/permission denied|too many authentication failures/i.test(said))
    return `cannot be reached: bastion ${shown} did not accept your key. Load it with ssh-add, or name it in ~/.ssh/config (no password is asked for).`;
  return `cannot be reached through bastion ${shown}: ${last || 'ssh ended without a word'}${/[.!]$/.test(last) ? '' : '.'}`;
}

/** `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text !== '' && pattern.includes('*') && new RegExp(`^${parts.join('.*')}$`, 'i').test(text);
}

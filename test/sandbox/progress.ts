import { createWriteStream, type WriteStream } from 'node:fs';

/** Prints lines with the time since the start; what the programs themselves say goes to a file. */
export class Progress {
  readonly #began = performance.now();
  readonly #log: WriteStream;
  readonly logFile: string;

  constructor(logFile: string) {
    this.logFile = logFile;
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  say(text: string): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1);
    console.log(`${seconds.padStart(6)} s  ${text}`);
    this.detail(text);
  }

  /** For the log file only. */
  detail(text: string): void {
    this.#log.write(`${new Date().toISOString()} ${text}\n`);
  }
}

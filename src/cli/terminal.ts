import { COULD_NOT_RUN } from './exitStatus.ts';

/** What was asked for: standard output, with a line's end. */
export const say = (text: string) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);

/** What is said beside it: standard error. */
export const tell = (text: string) => void process.stderr.write(`${text}\n`);

/** Tells why nothing could be run; answers the exit status. */
export function complain(message: string): number {
  tell(message);
  return COULD_NOT_RUN;
}

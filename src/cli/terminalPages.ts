import type { SignInPages } from '../openstack/interaction.ts';

/** Sign-in pages for a person at a terminal: they are named there, and the answer is waited for. Undefined where nobody sits. */
export function terminalPages(isTerminal: boolean, tell: (text: string) => void): SignInPages | undefined {
  if (!isTerminal) return undefined;
  return {
    attended: () => true,
    show: ({ cloud, url, code, callback, trouble }, answered) => {
      tell(`To sign in to cloud ${cloud}, open ${url}${code === undefined ? '' : ` and enter the code ${code}`}`);
      if (code !== undefined || callback !== undefined)
        return new Promise((resolve) => {
          if (answered.aborted) resolve('closed');
          answered.addEventListener('abort', () => resolve('closed'), { once: true });
        });
      tell(`The answer cannot come back: ${trouble}.`);
      return Promise.resolve('closed');
    },
  };
}

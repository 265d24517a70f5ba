import { failed } from '../../src/base/failure.ts';
import type { Http } from '../../src/base/http.ts';

/** A transport without a network: counts who asks, and answers that nobody is there. */
export function countingHttp(): Http & { readonly asked: number } {
  let asked = 0;
  const answer = async () => {
    asked += 1;
    return failed('offline', 'There is no network.');
  };
  return {
    request: answer,
    stream: answer,
    transfer: answer,
    socket: answer,
    dispose: () => {},
    get asked() {
      return asked;
    },
  };
}

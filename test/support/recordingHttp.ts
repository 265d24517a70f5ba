import { createHttp, type Http, type HttpRequest } from '../../src/base/http.ts';

/** The real transport, and every request that went through it. */
export interface RecordingHttp extends Http {
  readonly sent: HttpRequest[];
}

/** Streams and transfers are passed on and not written down. */
export function recordingHttp(): RecordingHttp {
  const pool = createHttp();
  const sent: HttpRequest[] = [];
  return {
    sent,
    request: (request) => {
      sent.push(request);
      return pool.request(request);
    },
    stream: (request) => pool.stream(request),
    transfer: (request) => pool.transfer(request),
    socket: (...given) => pool.socket(...given),
    dispose: () => pool.dispose(),
  };
}

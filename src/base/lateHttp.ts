import type { Http } from './http.ts';

/** A transport that is loaded with the first request: who asks nobody does not wait for the modules of the network. */
export function lateHttp(load: () => Promise<Http>): Http {
  let loading: Promise<Http> | undefined;
  const http = (): Promise<Http> => {
    loading ??= load();
    return loading;
  };
  return {
    request: async (request) => (await http()).request(request),
    stream: async (request) => (await http()).stream(request),
    transfer: async (transfer) => (await http()).transfer(transfer),
    socket: async (request, protocols) => (await http()).socket(request, protocols),
    dispose: () => void loading?.then((loaded) => loaded.dispose()),
  };
}

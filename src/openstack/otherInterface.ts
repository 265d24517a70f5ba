import type { Failure } from '../base/failure.ts';

/** An interface behind which the catalogue has a service, though the cloud's entry does not name it. It is used once the user says yes: it may lead to another network, or to what only administrators may use. */
export class OtherInterface {
  /** Official service type. */
  readonly service: string;
  /** `internal`, `admin`, `public`. */
  readonly name: string;
  /** Host and port of its endpoint. */
  readonly host: string;

  constructor(service: string, name: string, host: string) {
    this.service = service;
    this.name = name;
    this.host = host;
  }
}

/** The way out of a failure, where it is such an interface. */
export function otherInterfaceOf({ detail }: Failure): OtherInterface | undefined {
  return detail instanceof OtherInterface ? detail : undefined;
}

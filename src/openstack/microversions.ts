import type { HttpResponse } from '../base/http.ts';
import type { Service } from './services.ts';

/** In which microversion each service of one cloud is asked: the highest one that our rows know and the cloud has. */
export class Microversions {
  /** Service type → what the cloud has, once it refused the wanted one; empty when it knows none. */
  readonly #lowered = new Map<string, string>();

  /** Undefined for services without microversions, empty for a cloud that has none. */
  of(type: string, { microversion }: Service): string | undefined {
    return this.#lowered.get(type) ?? microversion?.wanted;
  }

  /** The headers that ask for it. */
  headers(type: string, service: Service): Record<string, string> {
    const version = this.of(type, service);
    if (!service.microversion || !version) return {};
    return Object.fromEntries(service.microversion.headers.map(([name, prefix]) => [name, `${prefix}${version}`]));
  }

  /** Whether it is at least this one. */
  reaches(type: string, service: Service, wanted: string): boolean {
    const [major = 0, minor = 0] = (this.of(type, service) ?? '').split('.').map(Number);
    const [leastMajor = 0, leastMinor = 0] = wanted.split('.').map(Number);
    return major > leastMajor || (major === leastMajor && minor >= leastMinor);
  }

  /** Remembers the highest one that the cloud has, as its refusal (406) names it. */
  lower(type: string, { microversion }: Service, refusal: HttpResponse): void {
    if (!microversion || this.#lowered.has(type)) return;
    const told = microversion.headers.map(([name]) => refusal.headers[name.toLowerCase().replace(/version$/, 'maximum-version')]);
    const highest = told.find((version) => version !== undefined) ?? '';
    this.#lowered.set(type, /\d+\.\d+$/.exec(highest)?.[0] ?? highestIn(refusal.text()) ?? '');
  }
}

/** `max_version` of a body, or "maximum is 2.93" in its text. */
function highestIn(text: string): string | undefined {
  return /"max_version":\s*"(\d+\.\d+)"/.exec(text)?.[1] ?? /maximum is (\d+\.\d+)/i.exec(text)?.[1];
}

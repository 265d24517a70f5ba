import { distance } from './distance.ts';

/** A name as it is compared: in lower case, without the dot at its end. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a host name lies in a zone: is it, or ends in a dot and it. */
export function isWithin(host: string, zone: string): boolean {
  const [name, end] = [plain(host), plain(zone)];
  return end !== '' && (name === end || name.endsWith(`.${end}`));
}

/** The last labels of a host name, as many as the zone has, replaced by the zone: `shop.exmaple.org` in `example.org.` is `shop.example.org`. */
export function movedInto(host: string, zone: string): string {
  const [labels, end] = [plain(host).split('.'), plain(zone)];
  return [...labels.slice(0, Math.max(0, labels.length - end.split('.').length)), end].join('.');
}

/** How many letters a host name's end is away from a zone; more than a third of them count as everything. */
export function distanceTo(host: string, zone: string): number {
  const end = plain(zone);
  const own = plain(host).split('.').slice(-end.split('.').length).join('.');
  const limit = Math.max(2, Math.floor(end.length / 3));
  const found = distance(own, end, limit);
  return found > limit ? Number.POSITIVE_INFINITY : found;
}

/** What is looked at of something that can be found, in either world; texts as they are shown. */
export interface Findable {
  readonly name: string;
  /** What its kind is called: `Deployment`, `deployments`, `deploy`. */
  readonly kinds: readonly string[];
  /** Context or cloud, then namespace or project. */
  readonly places: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly addresses: readonly string[];
  /** `ReplicaSet web-7887448d46`. */
  readonly owners: readonly string[];
  /** What else it is called by: ids, tags. */
  readonly others?: readonly string[];
}

/** That a thing fits what is typed: the lower the rank the better, and the texts that say why where its name does not. */
export interface Fit {
  readonly rank: number;
  readonly why: readonly string[];
}

type Part = 'any' | 'kind' | 'place' | 'label' | 'image' | 'address' | 'owner';

/** One typed word. `is` of a label: `=` or `!=`. */
interface Word {
  readonly part: Part;
  readonly text: string;
  readonly key?: string;
  readonly is?: '=' | '!=';
}

/** What is typed to find something, read. */
export interface FindQuery {
  readonly words: readonly Word[];
  /** The words that are not about Kubernetes alone, for a search that knows names only; empty when others are typed. */
  readonly plain: string;
  /** What an API server can be asked by itself, for lists too long to be read whole: labels, else a whole name or an address of a pod. */
  readonly selection: { readonly labelSelector?: string; readonly names: readonly string[] };
}

const prefixes: Readonly<Record<string, Part>> = {
  kind: 'kind',
  ns: 'place',
  namespace: 'place',
  context: 'place',
  project: 'place',
  label: 'label',
  image: 'image',
  ip: 'address',
  owner: 'owner',
};

/**
 * Reads what is typed: words of which each must fit. A plain word fits a part of any text, `app=web` and `tier!=db` fit labels, and `kind:` `ns:` `context:` `project:` `label:` `image:` `ip:`
 * `owner:` say what a word is about. Case does not matter.
 */
export function findQuery(typed: string): FindQuery {
  const words = typed.trim().split(/\s+/).filter(Boolean).map(wordOf);
  const labels = words.filter(({ key, is, text }) => key !== undefined && (is === '!=' || text !== ''));
  const plain = words.every(({ part }) => part === 'any') ? words.map(({ text }) => text).join(' ') : '';
  // Labels keep their case: the server compares them as they are.
  const labelSelector = labels.map(({ key, is, text }) => `${key}${is}${text}`).join(',');
  const names = words.filter(({ part }) => part === 'any' || part === 'address').map(({ text }) => text);
  return { words, plain, selection: { ...(labelSelector !== '' && { labelSelector }), names } };
}

function wordOf(typed: string): Word {
  const [, prefix = '', rest = ''] = /^([a-z]+):(.*)$/i.exec(typed) ?? [];
  const part = prefixes[prefix.toLowerCase()];
  const [, key, sign, value = ''] = /^([A-Za-z0-9][-A-Za-z0-9._/]*)(!=|==|=)(.*)$/.exec(part === 'label' ? rest : typed) ?? [];
  if (key !== undefined) return { part: 'label', key, is: sign === '!=' ? '!=' : '=', text: value };
  return part === undefined ? { part: 'any', text: typed } : { part, text: rest };
}

/** How well a thing fits; undefined when a word fits nowhere. */
export function fitOf({ words }: FindQuery, thing: Findable): Fit | undefined {
  let rank = 0;
  const why: string[] = [];
  for (const word of words) {
    const fit = fitWord(word, thing);
    if (!fit) return undefined;
    rank += fit.rank;
    for (const one of fit.why) if (!why.includes(one)) why.push(one);
  }
  return { rank, why };
}

const nothing: readonly string[] = [];

function fitWord({ part, text, key, is }: Word, thing: Findable): Fit | undefined {
  if (key !== undefined) return fitLabel(thing.labels, key, is ?? '=', text);
  const wanted = text.toLowerCase();
  if (wanted === '') return { rank: 0, why: nothing };
  const find = (texts: readonly string[], title: string, rank: number): Fit | undefined => {
    const found = texts.find((one) => one.toLowerCase().includes(wanted));
    return found === undefined ? undefined : { rank, why: title === '' ? nothing : [`${title} ${found}`] };
  };
  const labels = () => fitAnyLabel(thing.labels, wanted);
  switch (part) {
    case 'kind':
      return fitKind(thing.kinds, wanted);
    case 'place':
      return find(thing.places, '', 0);
    case 'label':
      return labels();
    case 'image':
      return find(thing.images, 'image', 0);
    case 'address':
      return find(thing.addresses, 'IP', 0);
    case 'owner':
      return find(thing.owners, 'owned by', 0);
    case 'any': {
      const name = fitName(thing.name.toLowerCase(), wanted);
      if (name !== undefined && name < 30) return { rank: name, why: nothing };
      const address = thing.addresses.find((one) => one.toLowerCase() === wanted);
      if (address !== undefined) return { rank: 5, why: [`IP ${address}`] };
      return (
        fitKind(thing.kinds, wanted) ??
        find(thing.places, '', 40) ??
        find(thing.images, 'image', 45) ??
        find(thing.addresses, 'IP', 50) ??
        find(thing.owners, 'owned by', 55) ??
        labels() ??
        fitOther(thing.others ?? nothing, wanted) ??
        (name === undefined ? undefined : { rank: name, why: nothing })
      );
    }
  }
}

function fitKind(kinds: readonly string[], wanted: string): Fit | undefined {
  const all = kinds.map((kind) => kind.toLowerCase());
  if (all.includes(wanted)) return { rank: 10, why: nothing };
  return wanted.length > 2 && all.some((kind) => kind.startsWith(wanted)) ? { rank: 35, why: nothing } : undefined;
}

function fitOther(others: readonly string[], wanted: string): Fit | undefined {
  const found = others.find((one) => one.toLowerCase().startsWith(wanted));
  return found === undefined ? undefined : { rank: 58, why: [found] };
}

function fitAnyLabel(labels: Findable['labels'], wanted: string): Fit | undefined {
  for (const [key, value] of Object.entries(labels))
    if (key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted))
      return { rank: 60, why: [`label ${key}=${value}`] };
  return undefined;
}

function fitLabel(labels: Findable['labels'], key: string, is: '=' | '!=', value: string): Fit | undefined {
  const has = labels[key];
  if (is === '!=') return has === value ? undefined : { rank: 0, why: nothing };
  if (has === undefined) return undefined;
  const why = [`label ${key}=${has}`];
  if (has === value || value === '') return { rank: 0, why };
  return has.toLowerCase().startsWith(value.toLowerCase()) ? { rank: 20, why } : undefined;
}

/** A name whole, from its start, from the start of one of its parts, within it, or letter by letter in order (70 and more). */
function fitName(name: string, wanted: string): number | undefined {
  if (name === wanted) return 0;
  const at = name.indexOf(wanted);
  if (at === 0) return 5;
  if (at > 0) return /[-./_:]/.test(name[at - 1] ?? '') ? 10 : 15;
  return spread(name, wanted);
}

/** Letters in order, each at the start of a part or behind the one before: `kpw` of `k8s-prod-worker-1`. */
function spread(name: string, wanted: string): number | undefined {
  let at = -1;
  let jumps = 0;
  for (const letter of wanted) {
    if (name[at + 1] === letter) {
      at += 1;
      continue;
    }
    let next = name.indexOf(letter, at + 1);
    while (next > 0 && !/[-./_:]/.test(name[next - 1] ?? '')) next = name.indexOf(letter, next + 1);
    if (next <= 0) return undefined;
    at = next;
    jumps += 1;
  }
  return 70 + jumps;
}

import { nearestText } from '../base/nearestText.ts';
import { selectorText, selects } from '../kubernetes/labelSelector.ts';
import { isPlain } from '../manifest/isPlain.ts';
import { lackingFinding, missingPartsOf, type Part, partsIn, wordOf } from '../manifest/missingParts.ts';
import type { LocalFinding } from '../manifest/parse.ts';
import type { BindingAnswer, ObjectPresence } from '../protocol.ts';
import type { LanguageHost } from './host.ts';
import type { BoundDocument, NameIndex, Names, PlacedName } from './nameIndex.ts';
import type { Section } from './section.ts';

/** Answers of a cluster, and what the files on disk declare, are taken as they are for so long. */
const freshMs = 30_000;
/** Kinds that are looked for → the version that serves them; all are stable since Kubernetes 1.14. */
const versions: Readonly<Record<string, string>> = {
  '/ConfigMap': 'v1',
  '/Secret': 'v1',
  '/PersistentVolumeClaim': 'v1',
  '/ServiceAccount': 'v1',
  'storage.k8s.io/StorageClass': 'storage.k8s.io/v1',
  'scheduling.k8s.io/PriorityClass': 'scheduling.k8s.io/v1',
  'networking.k8s.io/IngressClass': 'networking.k8s.io/v1',
  '/Service': 'v1',
  '/Pod': 'v1',
};

/** A question to a cluster, and the use it is asked for; the same key, the same question. */
interface Question {
  readonly key: string;
  readonly use: PlacedName;
  readonly part?: Part;
  readonly selector?: string;
}
type Told = readonly (readonly [PlacedName, LocalFinding])[];

/**
 * Checks what the manifests of files name in Kubernetes: an object that no manifest of the workspace declares and that the bound cluster says is not there, a key or port that
 * the ConfigMap, Secret or Service has not, and pods that nobody makes. Warnings only: something else may still make it. What could not be asked or read accuses nobody; without a bound context nobody is asked.
 */
export class ObjectCheck {
  readonly #host: LanguageHost;
  readonly #index: NameIndex;
  readonly #known = new Map<string, { readonly presence: ObjectPresence; readonly at: number }>();
  readonly #now: () => number;
  #all: (Names & { readonly at: number }) | undefined;

  constructor(host: LanguageHost, index: NameIndex, now: () => number = Date.now) {
    this.#host = host;
    this.#index = index;
    this.#now = now;
  }

  /** Bindings or clusters changed: what was known is asked for again. */
  forget(): void {
    this.#known.clear();
    this.#all = undefined;
  }

  /** What is wrong with each section of a file; those without a finding are left out. */
  async check(file: BoundDocument, signal: AbortSignal): Promise<ReadonlyMap<Section, readonly LocalFinding[]>> {
    const asks = ({ needed, wants, selection }: PlacedName['name']) => needed || wants || selection;
    if (!file.document.sections.some(({ section }) => section.isRead && section.content.names.some(asks))) return new Map();
    const uses = (await this.#index.of(file)).filter(({ name }) => asks(name));
    const { binding } = await file.binding();
    const open = await this.#index.opened();
    const told: Told = [
      ...(binding?.context === undefined ? [] : await this.#live(file.document.uri, uses, open, binding, signal)),
      ...(await this.#missingParts(uses, open, signal)),
    ];
    const findings = new Map<Section, LocalFinding[]>();
    for (const [{ placed }, finding] of told) findings.set(placed.section, [...(findings.get(placed.section) ?? []), finding]);
    return findings;
  }

  /** A base and its overlays declare one object together: files that are not open are looked into before anybody is accused. */
  async #missingParts(uses: readonly PlacedName[], open: readonly PlacedName[], signal: AbortSignal) {
    const wanting = new Set(uses.flatMap(({ key, name }) => (name.wants ? [key] : [])));
    const judge = (names: readonly PlacedName[]) => {
      const parts = partsIn(names.filter(({ key }) => wanting.has(key)));
      return uses.flatMap((use) => missingPartsOf(use, parts).map((finding) => [use, finding] as const));
    };
    if (judge(open).length === 0) return [];
    const { names, complete } = await this.#names(signal);
    return complete ? judge([...open, ...names]) : [];
  }

  /** What neither the workspace has nor the cluster. */
  async #live(
    uri: string,
    uses: readonly PlacedName[],
    open: readonly PlacedName[],
    binding: NonNullable<BindingAnswer['binding']>,
    signal: AbortSignal,
  ): Promise<Told> {
    if (!this.#host.kubernetesFind) return [];
    // Without a namespace nobody knows where to look.
    const placeable = uses.filter((use) => !isNamespaced(use) || namespaceOf(use, binding) !== undefined);
    const isOpenly = declaredIn(open);
    const absent = placeable.filter(({ name, ...use }) => name.role === 'uses' && !isOpenly({ name, ...use }));
    const selecting = placeable.filter((use) => use.name.selection && madeHere(use, open) === 'no');
    if (absent.length + selecting.length === 0) return [];
    const { names, complete } = await this.#names(signal);
    if (!complete) return [];
    const isDeclared = declaredIn(names);
    const questions = [
      ...absent.filter((use) => !isDeclared(use)).flatMap(toQuestions),
      ...selecting.filter((use) => madeHere(use, [...open, ...names]) === 'no').map(toSelection),
    ];
    await this.#ask(uri, questions, binding, signal);
    if (signal.aborted) return [];
    return questions.flatMap((question) => {
      const finding = this.#finding(question, binding, [...open, ...names]);
      return finding ? [[question.use, finding] as const] : [];
    });
  }

  async #ask(uri: string, questions: readonly Question[], binding: BindingAnswer['binding'], signal: AbortSignal): Promise<void> {
    const unknown = [...new Map(questions.filter(({ key }) => !this.#isFresh(key)).map((one) => [one.key, one])).values()];
    if (unknown.length === 0) return;
    const objects = unknown.map(({ use, part, selector }) => {
      const to = selector === undefined ? use.name.to : '/Pod';
      const namespace = isNamespaced(use) ? namespaceOf(use, binding) : undefined;
      return {
        apiVersion: versions[to] ?? 'v1',
        kind: wordOf(to),
        ...(namespace === undefined ? {} : { namespace }),
        ...(selector === undefined ? { name: use.name.name } : { name: '', selector }),
        ...(part ? { part: part.name } : {}),
      };
    });
    const answer = await this.#host.kubernetesFind?.({ uri, objects }, signal).catch(() => undefined);
    if (signal.aborted) return;
    for (const [index, { key }] of unknown.entries())
      this.#known.set(key, { presence: answer?.value[index] ?? 'unknown', at: this.#now() });
  }

  #finding(
    { key, use, part, selector }: Question,
    binding: NonNullable<BindingAnswer['binding']>,
    names: readonly PlacedName[],
  ): LocalFinding | undefined {
    const presence = this.#known.get(key)?.presence;
    const { context = '' } = binding;
    const where = isNamespaced(use) ? `namespace ${namespaceOf(use, binding)} of ${context}` : context;
    if (presence === 'lacking' && part) return lackingFinding(use, part, { where: ` in ${where}` });
    if (presence !== 'missing') return undefined;
    if (selector !== undefined) return nothingSelected(use, selector, where);
    // Which of its parts are wanted does not matter then.
    return use.name.needed && (part === undefined || use.name.wants?.[0] === part)
      ? missingFinding(use, where, names)
      : undefined;
  }

  async #names(signal: AbortSignal): Promise<Names> {
    if (this.#all && this.#now() - this.#all.at < freshMs) return this.#all;
    const all = await this.#index.all(signal);
    if (!signal.aborted) this.#all = { ...all, at: this.#now() };
    return all;
  }

  #isFresh(key: string): boolean {
    const known = this.#known.get(key);
    return known !== undefined && this.#now() - known.at < freshMs;
  }
}

/** Tells whether names are declared. A declaration that leaves the namespace to whoever applies it (or a Kustomization to set it) may be the one that is meant. */
function declaredIn(names: readonly PlacedName[]): (use: PlacedName) => boolean {
  const [exactly, anywhere, openly] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { key, name } of names) {
    if (name.role !== 'declares') continue;
    exactly.add(key);
    anywhere.add(`${name.to} ${name.name}`);
    if (name.namespace === undefined) openly.add(`${name.to} ${name.name}`);
  }
  return ({ key, name }) => exactly.has(key) || (name.namespace === undefined ? anywhere : openly).has(`${name.to} ${name.name}`);
}

function toQuestions(use: PlacedName): Question[] {
  const { wants = [] } = use.name;
  if (wants.length === 0) return [{ key: use.key, use }];
  return wants.map((part) => ({ key: `${use.key} ${part.name}`, use, part }));
}

function toSelection(use: PlacedName): Question {
  const selector = selectorText(use.name.selection?.selector ?? {});
  return { key: `${use.key} selects ${selector}`, use, selector };
}

/** Whether manifests make pods that are selected: `unclear` where something is declared of which nobody knows the pods. */
function madeHere({ key, name: { selection, namespace } }: PlacedName, names: readonly PlacedName[]): 'yes' | 'no' | 'unclear' {
  const place = placeIn(key);
  let answer: 'no' | 'unclear' = 'no';
  for (const { key: other, name } of names) {
    if (name.role !== 'declares' || name.pods === undefined) continue;
    if (placeIn(other) !== place && namespace !== undefined && name.namespace !== undefined) continue;
    if (name.pods === 'any') answer = 'unclear';
    else if (selection && selects(selection.selector, name.pods)) return 'yes';
  }
  return answer;
}

function missingFinding({ name, key }: PlacedName, where: string, names: readonly PlacedName[]): LocalFinding {
  const { to, range } = name;
  const declared = names.filter((one) => one.name.role === 'declares' && one.name.to === to && placeIn(one.key) === placeIn(key));
  const near = nearestText([...new Set(declared.map((one) => one.name.name))], name.name);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return {
    range,
    severity: 'warning',
    code: 'object.missing',
    message: `${wordOf(to)} "${name.name}" is in no manifest of this workspace and not in ${where}; ${name.by} needs it.${hint}`,
    ...(near === undefined
      ? {}
      : { fixes: [{ title: `Use "${near}"`, newText: name.plain && !isPlain(near) ? JSON.stringify(near) : near }] }),
  };
}

function nothingSelected({ name: { by, selection, range } }: PlacedName, selector: string, where: string): LocalFinding {
  return {
    range: selection?.range ?? range,
    severity: 'warning',
    code: 'object.selectsNothing',
    message: `No manifest of this workspace makes pods with ${selector}, and there are none in ${where}: this ${by} is about nothing.`,
  };
}

/** What does not belong to the whole cluster; kinds that nobody is asked for select within a namespace. */
function isNamespaced({ name: { to, selection } }: PlacedName): boolean {
  return versions[to] === 'v1' || selection !== undefined;
}

function namespaceOf({ name }: PlacedName, binding: BindingAnswer['binding']): string | undefined {
  return name.namespace ?? binding?.namespace;
}

/** Context and namespace, from the key of a name. */
function placeIn(key: string): string {
  const [context, , namespace] = JSON.parse(key) as string[];
  return `${context} ${namespace}`;
}

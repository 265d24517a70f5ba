import { failed, type Result, success } from '../../base/failure.ts';
import { fieldsAt, isFields, type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Written } from '../files/written.ts';

/** What a document says that declares a Heat stack beside manifests. It is read by us alone and never sent to a cluster. */
export const STACK = { apiVersion: 'hybrid-clusters/v1', kind: 'Stack' } as const;

/**
 * A Heat stack that is deployed with the manifests around it. Written as
 *
 * ```yaml
 * apiVersion: hybrid-clusters/v1
 * kind: Stack
 * metadata: {name: shop-net}
 * spec:
 *   template: network.hot.yaml          # paths count from this file
 *   environments: [prod.env.yaml]       # later ones win
 *   parameters: {cidr: 10.0.0.0/24}     # win over the environments
 *   rollback: true                      # default false, as Heat's own
 *   timeoutMinutes: 30                  # default 60
 *   tags: [shop]
 * ```
 */
export interface StackDeclaration {
  readonly name: string;
  readonly template: string;
  readonly environments: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rollback: boolean;
  readonly timeoutMinutes: number;
  readonly tags: readonly string[];
  readonly written: Written;
}

/** What is wrong with a declaration, and where. */
export interface DeclarationFault {
  readonly path: Path;
  readonly message: string;
}

/** Whether an object is a declaration of a stack, of any version of ours. */
export function isStack({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kind === STACK.kind && apiVersion.startsWith('hybrid-clusters/');
}

/** Cheap to look for before a file is parsed. */
export function mayDeclareStack(text: string): boolean {
  return text.includes('hybrid-clusters/');
}

/** Heat's own rule: a letter first, then letters, digits, `_`, `-` and `.`, 255 in all. Source: heat, `heat/engine/stack.py`, `Stack.__init__`. */
const NAME = /^[a-zA-Z][\w.-]{0,254}$/;

type Reader = (value: unknown) => boolean;
const isText: Reader = (value) => typeof value === 'string' && value !== '';
const isTexts: Reader = (value) => Array.isArray(value) && value.every(isText);

/** Fields of the spec, each with what it must be. */
const FIELDS: Readonly<Record<string, readonly [Reader, string]>> = {
  template: [isText, 'the path of a template'],
  environments: [isTexts, 'a list of paths of environment files'],
  parameters: [isFields, 'a mapping of parameters'],
  rollback: [(value) => typeof value === 'boolean', 'true or false'],
  timeoutMinutes: [(value) => Number.isInteger(value) && Number(value) > 0, 'a number of minutes'],
  tags: [isTexts, 'a list of texts'],
};

/** Reads a declaration; tells the first fault, ready for a sentence. Fails with `invalid`. */
export function readDeclaration(written: Written): Result<StackDeclaration> & { readonly at?: Path } {
  const { object } = written;
  const fault = faultOf(object);
  if (fault) return { ...failed('invalid', `Stack ${object.metadata?.name ?? ''}: ${fault.message}`), at: fault.path };
  const spec = fieldsAt(object, 'spec');
  const texts = (name: string) => (Array.isArray(spec[name]) ? spec[name].map(String) : []);
  return success({
    name: object.metadata.name,
    template: textAt(spec, 'template') ?? '',
    environments: texts('environments'),
    parameters: fieldsAt(spec, 'parameters'),
    rollback: spec['rollback'] === true,
    timeoutMinutes: Number(spec['timeoutMinutes'] ?? 60),
    tags: texts('tags'),
    written,
  });
}

function faultOf(object: KubeObject): DeclarationFault | undefined {
  if (object.apiVersion !== STACK.apiVersion)
    return { path: ['apiVersion'], message: `${object.apiVersion} is not known here. Write ${STACK.apiVersion}.` };
  if (!NAME.test(textAt(object, 'metadata', 'name') ?? ''))
    return {
      path: ['metadata', 'name'],
      message: 'a stack needs metadata.name: a letter, then letters, digits, "_", "-" and "." only.',
    };
  const spec = fieldsAt(object, 'spec');
  if (spec['template'] === undefined)
    return { path: ['spec'], message: 'spec.template is missing. Name the file of its template.' };
  for (const [name, value] of Object.entries(spec)) {
    const [fits, what] = FIELDS[name] ?? [];
    if (!fits)
      return { path: ['spec', name], message: `spec.${name} is not known. Known are ${Object.keys(FIELDS).join(', ')}.` };
    if (!fits(value)) return { path: ['spec', name], message: `spec.${name} must be ${what}.` };
  }
  return undefined;
}

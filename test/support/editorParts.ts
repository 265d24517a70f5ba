import { failed, success } from '../../src/base/failure.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Project } from '../../src/openstack/project.ts';

/** What a user of a test answers to one question after the other, and what was asked: `confirm Delete folder a/? | 3 objects …`. */
export interface Answering {
  readonly asked: string[];
  /** Answers by how a question begins; a question without one is dismissed. */
  readonly answers: Record<string, unknown>;
}

/** The parts of a command as far as they are the same everywhere, over one project: prompts that answer from a table and write down what they were asked, a log as lines. */
export function editorParts(project: Project, settings: { readonly readOnly?: string; readonly protected?: string } = {}) {
  const asked: string[] = [];
  const logged: string[] = [];
  const answers: Record<string, unknown> = {};
  const ask = (kind: string, question: string, otherwise?: unknown) => {
    asked.push(`${kind} ${question}`);
    const known = Object.keys(answers).find((begin) => `${kind} ${question}`.startsWith(begin));
    return known === undefined ? otherwise : answers[known];
  };
  const told = ({ message, detail = '' }: { readonly message: string; readonly detail?: string }) =>
    [message, detail].filter(Boolean).join(' | ');
  const line = (text: unknown) => void logged.push(String(text));
  const log: Logger = { trace: line, debug: line, info: line, warn: line, error: line };
  const prompts = {
    offer: async (message: string) => ask('offer', message),
    confirm: async (question: { message: string; detail?: string }) => ask('confirm', told(question), false),
    decide: async (question: { message: string; detail?: string }) => ask('decide', told(question)),
    confirmByTyping: async (question: { message: string; detail?: string; word: string }) =>
      ask('type', `${question.word}: ${told(question)}`, false),
    text: async (title: string, value: string) => ask('text', `${title} [${value}]`, value),
    pick: async (
      choices: readonly { readonly label: string; readonly value: unknown }[],
      options?: { readonly title?: string },
    ) => {
      const wanted = ask('pick', options?.title ?? '');
      return (await choices).find(({ label }) => label === wanted)?.value;
    },
    paths: async (title: string) => ask('paths', title, []),
    saveAs: async (title: string, name: string) => ask('saveAs', `${title} [${name}]`),
  };
  const protection = {
    readOnlyTargets: settings.readOnly ? [settings.readOnly] : [],
    protectedTargets: settings.protected ? [settings.protected] : [],
  };
  const cloud = { project: async () => success(project) };
  return {
    asked,
    answers,
    logged,
    parts: {
      prompts,
      log,
      settings: protection,
      clouds: {
        list: async () => ({ clouds: [{ name: project.cloud, source: undefined }], problems: [] }),
        open: async (name: string) => (name === project.cloud ? success(cloud) : failed('notFound', `No cloud ${name}.`)),
      },
      bindings: { of: () => undefined },
      secrets: { asking: <T>(_cloud: string, run: () => Promise<T>) => run() },
      trees: { reveal: async () => true },
    },
  };
}

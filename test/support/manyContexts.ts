/** A kubeconfig with so many contexts, each with a user of its own; ten of them lead to one server. */
export function manyContexts(count: number): string {
  const all = Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));
  const servers = Array.from({ length: Math.ceil(count / 10) }, (_, index) => index);
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...servers.map((index) => `- name: lab-${index}\n  cluster:\n    server: https://lab-${index}.example:6443`),
    'users:',
    ...all.map((number) => `- name: user-${number}\n  user:\n    token: not-a-secret-${number}`),
    'contexts:',
    ...all.map(
      (number, index) =>
        `- name: context-${number}\n  context:\n    cluster: lab-${Math.floor(index / 10)}\n    user: user-${number}\n    namespace: team-${number}`,
    ),
    'current-context: context-0000',
    '',
  ].join('\n');
}

import { l10n, type Memento } from 'vscode';
import type { Prompts } from './prompts.ts';

/** A program that a kubeconfig names for signing in, or a setting for reaching a server. */
export interface ProgramRequest {
  /** The user of the kubeconfig, or the server that a tunnel leads to. */
  readonly user: string;
  /** Left out: to sign in. */
  readonly purpose?: 'tunnel';
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly envNames: readonly string[];
  /** Stable word for "this program with these arguments". */
  readonly fingerprint: string;
}

const remembered = 'hybridClusters.programs';

/** Asks before such a program runs for the first time, with the whole command line in sight; a yes is remembered by fingerprint, on this machine only. */
export function programConsent(prompts: Prompts, memory: Memento): (request: ProgramRequest) => Promise<boolean> {
  return async (request) => {
    const known = memory.get<readonly string[]>(remembered, []);
    if (known.includes(request.fingerprint)) return true;
    const yes = await prompts.confirm({
      message:
        request.purpose === 'tunnel'
          ? l10n.t('Run ssh to reach {0}?', request.user)
          : l10n.t('Run a program to sign in as {0}?', request.user),
      detail: describe(request),
      yes: l10n.t('Run'),
    });
    if (yes) await memory.update(remembered, [...known, request.fingerprint]);
    return yes;
  };
}

function describe({ program, args, envNames, purpose }: ProgramRequest): string {
  const command = [program, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  const environment = envNames.length > 0 ? `\n\n${l10n.t('It gets these variables: {0}', envNames.join(', '))}` : '';
  const named =
    purpose === 'tunnel'
      ? l10n.t('The setting hybridClusters.kubeconfig.bastions asks for this command:')
      : l10n.t('The kubeconfig names this command:');
  return `${named}\n\n${command}${environment}`;
}

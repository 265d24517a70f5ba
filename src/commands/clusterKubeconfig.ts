import { l10n } from 'vscode';
import { success } from '../base/failure.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import { mergeKubeconfig } from '../kubernetes/mergeKubeconfig.ts';
import { clusterAccess } from '../openstack/clusterAccess.ts';
import { idOf } from '../openstack/display.ts';
import type { ActTarget } from './actTarget.ts';
import type { ChooseParts } from './chooseResource.ts';
import { chooseKubeconfig, saveKubeconfig } from './saveKubeconfig.ts';

export interface KubeconfigParts extends ChooseParts {
  readonly documents: Documents;
  readonly contexts: Contexts;
}

/**
 * Adds the context of a Magnum cluster to a kubeconfig that the user picks: a key is made here, signed there, and the file is written after its difference was shown and a yes.
 * What is secret in it is not in the difference.
 */
export async function addKubeconfigOfCluster(parts: KubeconfigParts, { project, kind, resource }: ActTarget): Promise<void> {
  const { log } = parts;
  const cluster = await project.renew(kind, idOf(kind, resource));
  if (!cluster.ok) return tell(cluster.failure, log);
  const name = String(resource['name']);
  const file = await chooseKubeconfig(parts, l10n.t('Into which kubeconfig does cluster {0} go?', name), name);
  if (file === undefined) return;
  const access = await clusterAccess(project, cluster.value);
  if (!access.ok) return tell(access.failure, log);
  await saveKubeconfig(parts, {
    from: project.cloud,
    file,
    merge: (before) => {
      const text = mergeKubeconfig(before, access.value);
      return text.ok ? success({ text: text.value, contexts: [access.value.name] }) : text;
    },
    warning: l10n.t(
      'It makes whoever reads the file an administrator of the cluster: it will be readable by you alone (mode 0600).',
    ),
  });
}

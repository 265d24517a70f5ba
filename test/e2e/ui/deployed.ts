import type { Workbench } from './workbench.ts';

/** A workload and the ConfigMap that it names, as a person would write them first; it may take more into its environment (`{secretRef: {name: keys}}`). */
export const webApplication = (image: string, level = 'info', ...more: readonly string[]) => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: ${level}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ${image}
          envFrom: [${['{configMapRef: {name: settings}}', ...more].join(', ')}]
`;

/** Deploys a file for the first time, from its editor, with the yes that this asks for. Resolves to what is told at the end. */
export async function deployFile(window: Workbench, path: string, name: string): Promise<string> {
  await window.openFile(path);
  await window.page.locator('.codelens-decoration', { hasText: 'Apply Deploy' }).first().waitFor();
  await window.command('Hybrid Clusters: Apply Deploy');
  return firstYes(window, name);
}

/** Deploys a folder for the first time, from its menu in the Explorer, with the yes that this asks for. Resolves to what is told at the end. */
export async function deployFolder(window: Workbench, folder: string): Promise<string> {
  await window.explorerMenu(folder, 'Apply Deploy');
  return firstYes(window, folder);
}

async function firstYes(window: Workbench, name: string): Promise<string> {
  await window.told(new RegExp(`Deploy ${name.replaceAll('.', '\\.')} to sandbox-admin`));
  await window.press('Deploy');
  return await window.told(/is up on sandbox-admin/);
}

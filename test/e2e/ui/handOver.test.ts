/** A deploy is handed over: manifests for Argo CD and for Flux lie in the workspace with the next steps; once the engine has applied it, our ownership is let go of, and from then on there is a plan only. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { deployFile, webApplication } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withDefinitions } from './withDefinitions.ts';

const namespace = `e2e-hand-over-${process.pid}`;
const flux = 'kustomize.toolkit.fluxcd.io';
const url = 'https://git.example/team/app.git';
const labels = { app: 'web' };
/** The same, as an engine applies it with its mark. */
const marked = (mark: (object: string) => object) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace, ...mark('/ConfigMap') },
      data: { LEVEL: 'info' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace, ...mark('apps/Deployment') },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'web', image: 'nginx:1.29', envFrom: [{ configMapRef: { name: 'settings' } }] }] },
        },
      },
    },
  ],
});

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/web.yaml'), webApplication('nginx:1.29'));
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, '.git/config'), `[remote "origin"]\n\turl = ${url}\n[branch "main"]\n\tremote = origin\n`);
  await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
  await bind(folder, namespace);
}

/** The page in front, as text. */
const page = ({ window }: Scene) => window.shownPage.locator('body');

/** Answers where the engine reads from, up to the files that would be written. */
async function handOver({ window }: Scene, engine: 'Flux' | 'Argo CD'): Promise<void> {
  await window.openFile('app/web.yaml');
  await window.command(`Hybrid Clusters: Hand Over to ${engine}…`);
  await window.page.locator('.quick-input-widget:visible', { hasText: /where does it take the manifests from/ }).waitFor();
  await window.pick('Git repository');
  await window.answer(/URL/, url);
  await window.answer(/branch/, 'main');
  await window.answer(/Secret/, '');
  if (engine === 'Argo CD') await window.answer(/name under which it knows the cluster/, '');
  assert.match(await window.dialog(/write what the editor shows/), /new: \./);
}

/** As the engine would: what it keeps is marked, under its own name. */
async function applyAs({ sandbox, folder }: Scene, manager: string, objects: object): Promise<void> {
  const file = join(folder, '..', 'applied.json');
  await writeFile(file, JSON.stringify(objects));
  await kubectl(sandbox, 'apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, '-f', file);
}

async function managers({ sandbox }: Scene): Promise<string> {
  const path = 'jsonpath={.items[*].metadata.managedFields[*].manager} {.items[*].metadata.labels}';
  const names = ['deployment/web', 'configmap/settings'];
  return kubectl(sandbox, 'get', ...names, '-n', namespace, '--show-managed-fields', '-o', path);
}

async function writtenFiles(scene: Scene): Promise<void> {
  const { window, folder, sandbox } = scene;
  await handOver(scene, 'Argo CD');
  await window.screenshot('hand-over-argo-files');
  await window.pressInDialog('Write');
  await page(scene).getByText('hand over to Argo CD').waitFor();
  await window.screenshot('hand-over-argo-next');
  const application = await readFile(join(folder, '.argocd/sandbox-admin/web.yaml'), 'utf8');
  assert.match(application, /kind: Application.*repoURL: https:\/\/git\.example\/team\/app\.git/s);

  await handOver(scene, 'Flux');
  await window.screenshot('hand-over-flux-files');
  await window.pressInDialog('Write');
  await page(scene).getByText('hand over to Flux').waitFor();
  await window.screenshot('hand-over-flux-next');
  const kustomization = await readFile(join(folder, '.flux/sandbox-admin/web.yaml'), 'utf8');
  assert.match(kustomization, /kind: GitRepository.*kind: Kustomization.*healthChecks:.*name: web/s);

  // what the API server says to both, in a namespace that is there
  for (const text of [application, kustomization]) {
    const file = join(folder, '..', 'dry.yaml');
    await writeFile(file, text.replaceAll(/^(\s+namespace: )(argocd|flux-system)$/gm, `$1${namespace}`));
    await kubectl(sandbox, 'apply', '--server-side', '--dry-run=server', '-f', file);
  }
}

async function letGo(scene: Scene): Promise<void> {
  const { window } = scene;
  const labelsOfFlux = { [`${flux}/name`]: 'web', [`${flux}/namespace`]: namespace };
  const spec = { interval: '10m', path: './app', prune: false, sourceRef: { kind: 'GitRepository', name: 'web' } };
  const keeper = { apiVersion: `${flux}/v1`, kind: 'Kustomization', metadata: { name: 'web', namespace }, spec };
  await applyAs(scene, 'flux', keeper);
  await applyAs(
    scene,
    'kustomize-controller',
    marked(() => ({ labels: labelsOfFlux })),
  );
  assert.match(await managers(scene), /hybrid-clusters.*applyset\.kubernetes\.io\/part-of/s);

  // The next steps are in front, and mean what was handed over.
  await window.command('Hybrid Clusters: Release Ownership…');
  assert.match(await window.dialog(/Release 2 objects on sandbox-admin/), /Their values stay/);
  await window.screenshot('hand-over-release');
  await window.pressInDialog('Release');
  await window.told(/Released on sandbox-admin\S+: 2 objects/);
  await window.screenshot('hand-over-released');
  assert.doesNotMatch(await managers(scene), /hybrid-clusters|part-of/);
}

/** The Application that was written keeps the same objects in place of Flux. */
async function keptByArgo(scene: Scene): Promise<void> {
  const { sandbox, folder } = scene;
  const application = await readFile(join(folder, '.argocd/sandbox-admin/web.yaml'), 'utf8');
  const file = join(folder, '..', 'application.yaml');
  await writeFile(file, application.replace('namespace: argocd', `namespace: ${namespace}`));
  await kubectl(sandbox, 'apply', '--server-side', '-f', file);
  const names = ['deployment/web', 'configmap/settings'];
  await kubectl(sandbox, 'label', ...names, '-n', namespace, `${flux}/name-`, `${flux}/namespace-`);
  const name = (object: string) => `${namespace}/${object === '/ConfigMap' ? 'settings' : 'web'}`;
  const tracked = (object: string) => `${namespace}_web-sandbox-admin:${object}:${name(object)}`;
  const mark = (object: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': tracked(object) } });
  await applyAs(scene, 'argocd-controller', marked(mark));
}

/** Apply Deploy refuses to fight who keeps it, says who, and shows how it stands. */
async function planOnly({ window, folder }: Scene, kept: RegExp, status: string, name: string): Promise<void> {
  await writeFile(join(folder, 'app/web.yaml'), webApplication('nginx:1.30'));
  await window.page.locator('.tab[data-resource-name="web.yaml"]').click();
  await window.editorLine('nginx:1.30');
  await window.clearNotifications();
  await window.command('Hybrid Clusters: Apply Deploy');
  const told = await window.told(/plan only/);
  assert.match(told, kept);
  const deployments = await window.view('Deployments');
  await deployments.find(/web\.yaml → sandbox-admin/, 'Deployment web');
  await window.screenshot(`${name}-plan-only`);
  await window.press('Show Status');
  await window.editorLine(status);
  assert.equal(await window.page.locator('.editor-actions .action-label[aria-label^="Apply Deploy"]').count(), 0);
  await window.screenshot(`${name}-status`);
}

async function play(scene: Scene): Promise<void> {
  const { window, sandbox } = scene;
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await window.view('Deployments');
    await deployFile(window, 'app/web.yaml', 'web.yaml');
    await writtenFiles(scene);
    await letGo(scene);
    const byFlux = new RegExp(`kept by Kustomization ${namespace}/web of Flux.*Flux will put this back within 10 m.*suspend`);
    await planOnly(scene, byFlux, 'kind: Kustomization', 'hand-over-flux');
    await keptByArgo(scene);
    const byArgo = new RegExp(
      `kept by Application ${namespace}/web-sandbox-admin of Argo CD.*self-heal is on.*stop its auto-sync`,
    );
    await planOnly(scene, byArgo, 'kind: Application', 'hand-over-argo');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow(
  'a deploy is handed over to Argo CD and to Flux: manifests and next steps written, ownership released, then a plan only',
  (scene) => withDefinitions(scene, 'flux', () => withDefinitions(scene, 'argo', () => play(scene))),
  { prepare },
);

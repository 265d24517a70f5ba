/** Files that are no manifests and name resources of a cloud all the same: what the editor says of them, and of those that are somebody else's. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bind } from './bind.ts';
import { inWindow } from './inWindow.ts';

const files: Readonly<Record<string, string>> = {
  'cloud.conf': '[Global]\nauth-url = http://127.0.0.1:5000/v3\n[LoadBalancer]\nfloating-network-id = public\n',
  'nginx.conf': 'server { listen 80; }\n[Global]\nworkers = 4\n',
  'demo-openrc.sh': 'export OS_AUTH_URL=http://127.0.0.1:5000/v3\nexport OPENSTACK_IMAGE_NAME=debian-13\n',
  'web.hot':
    'heat_template_version: 2018-08-31\nresources:\n  port: {type: OS::Neutron::Port, properties: {network: private-v4}}\n',
};

/** File, and what stands in its only row of the Problems view. */
const told: readonly (readonly [file: string, words: string])[] = [
  ['cloud.conf', '"public" is the name of a network; floating-network-id wants its id'],
  ['demo-openrc.sh', 'No image named "debian-13" in project demo'],
  ['web.hot', '"private-v4" is a subnet'],
];

inWindow(
  'a cloud.conf, an openrc and a Heat template are checked as they are opened, and the configuration of another program is left alone',
  async ({ window }) => {
    await window.openFile('other/nginx.conf');
    for (const [file] of told) await window.openFile(`other/${file}`);
    await window.command('Problems: Focus on Problems View');
    const rows = window.page.locator('.markers-panel .monaco-list-row');
    for (const [, words] of told) await rows.filter({ hasText: words }).first().waitFor();
    const texts = (await rows.allInnerTexts()).join('\n');
    assert.doesNotMatch(texts, /nginx/);
    await window.screenshot('other-files');
  },
  {
    prepare: async (folder) => {
      await bind(folder);
      await mkdir(join(folder, 'other'));
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'other', name), text);
    },
  },
);

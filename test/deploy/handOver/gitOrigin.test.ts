import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineUrl, gitOrigin } from '../../../src/deploy/handOver/gitOrigin.ts';
import { filesOf } from '../../support/filesOf.ts';

const config = `[core]
\tbare = false
[remote "origin"]
\turl = https://alice:canary-token@git.example/team/shop.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "fork"]
\turl = git@git.example:alice/shop.git
[branch "topic"]
\tremote = fork
\tmerge = refs/heads/feature/topic
`;

describe('the repository above a place', () => {
  test('by the branch that is checked out, without credentials', async () => {
    const files = filesOf({
      '/w/shop/.git/config': config,
      '/w/shop/.git/HEAD': 'ref: refs/heads/main\n',
      '/w/shop/deploy/web.yaml': '',
    });
    assert.deepEqual(await gitOrigin('/w/shop/deploy/', files), {
      root: '/w/shop',
      url: 'https://git.example/team/shop.git',
      branch: 'main',
    });
  });
  test('to the remote that the branch follows', async () => {
    const files = filesOf({ '/w/shop/.git/config': config, '/w/shop/.git/HEAD': 'ref: refs/heads/topic\n' });
    assert.deepEqual(await gitOrigin('/w/shop', files), {
      root: '/w/shop',
      url: 'ssh://git@git.example/alice/shop.git',
      branch: 'feature/topic',
    });
  });
  test('of a worktree, of a detached head, of none', async () => {
    const files = filesOf({
      '/w/tree/.git': 'gitdir: ../shop/.git/worktrees/tree\n',
      '/w/shop/.git/config': config,
      '/w/shop/.git/worktrees/tree/commondir': '../..\n',
      '/w/shop/.git/worktrees/tree/HEAD': '1f2e3d4c5b6a79880123456789abcdef01234567\n',
    });
    assert.deepEqual(await gitOrigin('/w/tree', files), { root: '/w/tree', url: 'https://git.example/team/shop.git' });
    assert.equal(await gitOrigin('/elsewhere/x', files), undefined);
  });
});

describe('a remote as the engines take it', () => {
  const table = `
    git@git.example:team/shop.git              ssh://git@git.example/team/shop.git
    git.example:team/shop.git                  ssh://git@git.example/team/shop.git
    ssh://git@git.example:2222/team/shop.git   ssh://git@git.example:2222/team/shop.git
    ssh://git:canary@git.example/shop.git      ssh://git@git.example/shop.git
    https://git.example/team/shop.git          https://git.example/team/shop.git
    https://a:canary@git.example/shop.git      https://git.example/shop.git
    https://canary-token@git.example/shop.git  https://git.example/shop.git
    /srv/git/shop.git                          none
    file:///srv/git/shop.git                   none
    ../shop                                    none
    C:/shop.git                                none`;
  for (const line of table.trim().split('\n')) {
    const [remote = '', expected] = line.trim().split(/\s+/);
    test(line.trim(), () => assert.equal(engineUrl(remote) ?? 'none', expected));
  }
});

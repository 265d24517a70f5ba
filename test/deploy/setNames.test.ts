import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setNames } from '../../src/deploy/removal/setNames.ts';

/** Places (a folder ends with `/`) below the workspace folders /home/kim/shop and /home/kim/shop/infra, and the names of their set. */
const table = `
/home/kim/shop/                                   shop                                   whole
/home/kim/shop/deploy/                            shop/deploy, shop                      whole
/home/kim/shop/deploy/base/                       shop/deploy/base, shop/deploy, shop    whole
/home/kim/shop/deploy/web.yaml                    shop/deploy, shop                      part
/home/kim/shop/web.yaml                           shop                                   part
/home/kim/shop/deploy/a.yaml /home/kim/shop/deploy/b.yaml   shop/deploy, shop            part
/home/kim/shop/deploy/ /home/kim/shop/docs/       shop                                   part
/home/kim/shop/infra/net/                         infra/net, infra                       whole
/home/kim/shopping/                               shopping                               whole
c:/work/shop/                                     shop                                   whole
`;

for (const line of table.trim().split('\n')) {
  const [places = '', names = '', extent] = line.split(/ {3,}/);
  test(`${places} is ${extent} of ${names}`, () => {
    const chosen = places.split(' ').map((place) => ({ path: place.replace(/\/$/, ''), isFolder: place.endsWith('/') }));
    assert.deepEqual(setNames(chosen, ['/home/kim/shop', '/home/kim/shop/infra']), {
      names: names.split(', '),
      partial: extent === 'part',
    });
  });
}

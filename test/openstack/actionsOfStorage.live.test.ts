/** What is done to volumes, their snapshots, types and groups, and to images, against the sandbox; looked at past the extension. */
import assert from 'node:assert/strict';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import { creationOf } from '../../src/openstack/creations/creations.ts';
import type { Answers } from '../../src/openstack/field.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { bench, eventually, present, printOutcomes } from './actionBench.ts';

const mark = `store-${process.pid}`;
const kind = 'block-storage.volume';

bench('a volume is marked, labelled, kept in snapshots and handed over', async ({ send, find, act, project }) => {
  await send('block-storage', 'POST', '/volumes', { volume: { name: mark, size: 1 } });
  let volume = await find(kind, mark);
  const seen = `block-storage /volumes/${volume['id']}`;
  const steps: readonly (readonly [ActionWord, Answers, RegExp])[] = [
    ['makeBootable', {}, /"bootable":"true"/],
    ['makeUnbootable', {}, /"bootable":"false"/],
    ['makeReadOnly', {}, /"readonly":"True"/],
    ['makeWritable', {}, /"readonly":"False"/],
    ['setMetadata', { key: 'tier', value: 'back' }, /"tier":"back"/],
    ['removeMetadata', { key: 'tier' }, /"metadata":{"readonly":"False"}/],
    ['setDescription', { description: 'of the shop' }, /"of the shop"/],
  ];
  for (const [word, answers, until] of steps) volume = present(await act(kind, volume, word, { answers, seen, until }));

  volume = present(await act(kind, volume, 'snapshotVolume', { answers: { name: mark } }));
  let snapshot = await find('block-storage.snapshot', mark);
  const kept = `block-storage /snapshots/${snapshot['id']}`;
  const labelled = { answers: { key: 'of', value: 'shop' }, seen: kept, until: /"of":"shop"/ };
  snapshot = present(await act('block-storage.snapshot', snapshot, 'setMetadata', labelled));
  const bare = { answers: { key: 'of' }, seen: kept, until: /"metadata":{}/ };
  snapshot = present(await act('block-storage.snapshot', snapshot, 'removeMetadata', bare));
  await act('block-storage.snapshot', snapshot, 'volumeOfSnapshot', { answers: { name: `${mark}-of`, size: '2' } });
  const made = await find(kind, `${mark}-of`);
  assert.deepEqual([made['size'], made['snapshot_id']], [2, snapshot['id']]);
  await act(kind, made, 'delete');
  const back = await act(kind, volume, 'revertVolume', { answers: { snapshot_id: String(snapshot['id']) } });
  assert.equal(present(back)['status'], 'available');
  await act('block-storage.snapshot', snapshot, 'delete');

  const offer = await project.act(kind, volume, 'transferVolume', { answers: { name: mark } });
  assert.ok(offer.ok, JSON.stringify(offer));
  const transfer = (offer.value.body as { transfer: Record<string, string> }).transfer;
  assert.match(transfer['auth_key'] ?? '', /^\w{8,}$/);
  // Given to the project itself, which is as good as another.
  const taken = creationOf(kind)?.change(
    { source: 'A transfer from another project', transfer: transfer['id'] ?? '', auth_key: transfer['auth_key'] ?? '' },
    {},
  );
  assert.ok(taken);
  const accepted = await project.create(kind, taken);
  assert.ok(accepted.ok, JSON.stringify(accepted));
  volume = await find(kind, mark);
  assert.equal(volume['status'], 'available');
  const again = await act(kind, volume, 'transferVolume', { answers: { name: mark }, seen, until: /"awaiting-transfer"/ });
  await act('block-storage.transfer', await find('block-storage.transfer', mark), 'delete');
  await act(kind, present(again), 'delete').catch(async () => act(kind, await find(kind, mark), 'delete'));
});

bench(
  'a group of volumes grows, shrinks and goes with what is in it',
  async ({ as, send, find, act, project }) => {
    const type = await find('block-storage.type', 'ssd');
    await as('demo')('block-storage', 'POST', '/volumes', { volume: { name: mark, size: 1, volume_type: type['id'] } });
    await send('block-storage', 'POST', '/group_types', { group_type: { name: mark } });
    const group_type = String((await find('block-storage.group_type', mark))['id']);
    const creation = creationOf('block-storage.group') ?? assert.fail('no creation');
    const made = await project.create(
      'block-storage.group',
      creation.change({ name: mark, group_type, volume_types: String(type['id']) }, {}),
    );
    assert.ok(made.ok, JSON.stringify(made));
    const volume = await find(kind, mark);
    let group = await find('block-storage.group', mark);
    const seen = `block-storage /volumes/${volume['id']}`;
    const id = String(volume['id']);
    const of = 'block-storage.group';
    group = present(
      await act(of, group, 'addToGroup', { answers: { add_volumes: id }, seen, until: new RegExp(String(group['id'])) }),
    );
    group = present(await act(of, group, 'removeFromGroup', { answers: { remove_volumes: id }, seen, until: /"group_id":null/ }));
    group = present(
      await act(of, group, 'addToGroup', { answers: { add_volumes: id }, seen, until: new RegExp(String(group['id'])) }),
    );
    await act(of, group, 'snapshotGroup', { answers: { name: mark } });
    await act('block-storage.group_snapshot', await find('block-storage.group_snapshot', mark), 'delete');
    assert.equal(await act(of, group, 'deleteGroup'), undefined);
    await send('block-storage', 'DELETE', `/group_types/${group_type}`);
  },
  'admin',
);

bench(
  'an administrator resets what hangs, frees a volume by force, and says who may use a type',
  async ({ as, send, find, act, project }) => {
    await as('demo')('block-storage', 'POST', '/volumes', { volume: { name: `${mark}-a`, size: 1 } });
    let volume = await find(kind, `${mark}-a`);
    const seen = `block-storage /volumes/${volume['id']}`;
    const tenant = await project.act(kind, volume, 'snapshotVolume', { answers: { name: `${mark}-a` } });
    assert.ok(tenant.ok, JSON.stringify(tenant));
    let snapshot = await find('block-storage.snapshot', `${mark}-a`);
    const kept = `block-storage /snapshots/${snapshot['id']}`;
    for (const status of ['error', 'available']) {
      const until = new RegExp(`"status":"${status}"`);
      volume = present(await act(kind, volume, 'resetVolume', { answers: { status }, seen, until }));
      snapshot = present(
        await act('block-storage.snapshot', snapshot, 'resetSnapshot', { answers: { status }, seen: kept, until }),
      );
    }
    await act('block-storage.snapshot', snapshot, 'delete');
    // Attached by hand, to nothing that is there.
    const instance = '11111111-2222-4333-8444-555555555555';
    await send('block-storage', 'POST', `/volumes/${volume['id']}/action`, {
      'os-attach': { instance_uuid: instance, mountpoint: '/dev/vdb', mode: 'rw' },
    });
    volume = await eventually('the attachment', async () => {
      const now = await project.renew(kind, String(volume['id']));
      return now.ok && now.value['status'] === 'in-use' ? now.value : undefined;
    });
    const attachments = volume['attachments'] as readonly Resource[];
    const attachment_id = String(attachments[0]?.['attachment_id']);
    volume = present(await act(kind, volume, 'forceDetach', { answers: { attachment_id }, seen, until: /"attachments":\[\]/ }));
    await act(kind, volume, 'delete');

    await send('block-storage', 'POST', '/types', { volume_type: { name: mark, 'os-volume-type-access:is_public': false } });
    let type = await find('block-storage.type', mark);
    const access = `block-storage /types/${type['id']}/os-volume-type-access`;
    const whom = { answers: { project: project.id }, seen: access };
    const of = 'block-storage.type';
    type = present(await act(of, type, 'grantType', { ...whom, until: new RegExp(project.id) }));
    type = present(await act(of, type, 'revokeType', { ...whom, until: /access":\[\]/ }));
    const specs = `block-storage /types/${type['id']}/extra_specs`;
    const written = { answers: { key: 'volume_backend_name', value: 'ssd' }, seen: specs, until: /"volume_backend_name":"ssd"/ };
    type = present(await act(of, type, 'setTypeSpec', written));
    const gone = { answers: { key: 'volume_backend_name' }, seen: specs, until: /specs":{}/ };
    type = present(await act(of, type, 'removeTypeSpec', gone));
    await send('block-storage', 'DELETE', `/types/${type['id']}`);

    const services = await project.list('block-storage.service', { freshness: 'fresh' });
    assert.ok(services.ok);
    const hdd = services.value.items.find((item) => item['host'] === 'block1@hdd') ?? assert.fail('no service');
    const told = 'block-storage /os-services?host=block1@hdd';
    const off = await act('block-storage.service', hdd, 'disableStorage', {
      answers: { disabled_reason: mark },
      seen: told,
      until: new RegExp(`"disabled_reason":"${mark}"`),
    });
    await act('block-storage.service', present(off), 'enableStorage', { seen: told, until: /"status":"enabled"/ });
  },
  'admin',
);

bench('an image is written on, hidden, protected and shared', async ({ as, send, act }) => {
  const of = 'image.image';
  await send('image', 'POST', '/images', { name: mark, disk_format: 'raw', container_format: 'bare', visibility: 'shared' });
  const listed = await eventually('the image', async () => {
    const { images } = await send('image', 'GET', `/images?name=${mark}`);
    return Array.isArray(images) ? images[0] : undefined;
  });
  let image: Resource = listed;
  const seen = `image /images/${image['id']}`;
  const steps: readonly (readonly [ActionWord, Answers, RegExp])[] = [
    ['setProperty', { key: 'os_distro', value: 'debian' }, /"os_distro":"debian"/],
    ['setProperty', { key: 'a/b', value: '1' }, /"a\/b":"1"/],
    ['removeProperty', { key: 'a/b' }, /^(?!.*a\/b)/],
    ['addTag', { tag: 'golden' }, /"tags":\["golden"\]/],
    ['removeTag', { tag: 'golden' }, /"tags":\[\]/],
    ['protect', {}, /"protected":true/],
    ['unprotect', {}, /"protected":false/],
    ['hideImage', {}, /"os_hidden":true/],
    ['showImage', {}, /"os_hidden":false/],
    ['setVisibility', { visibility: 'private' }, /"visibility":"private"/],
    ['setVisibility', { visibility: 'shared' }, /"visibility":"shared"/],
  ];
  for (const [word, answers, until] of steps) {
    // Its bytes were never sent.
    image = present(await act(of, image, word, { answers, seen, until, unsettled: true }));
  }
  const other = await as('ops')('identity', 'GET', '/auth/projects');
  const { projects } = other as { projects: readonly Resource[] };
  const member = String(projects.find((one) => one['name'] === 'ops')?.['id']);
  const members = { answers: { member }, seen: `${seen}/members`, until: new RegExp(member), unsettled: true } as const;
  image = present(await act(of, image, 'shareImage', members));
  await act(of, image, 'delete');
});

bench('an image of another project is accepted or rejected, and is among the images only once it is accepted', async (one) => {
  const { as, find, act, project } = one;
  const bob = as('ops');
  const names = [`${mark}-yes`, `${mark}-no`];
  for (const name of names) {
    const body = { name, disk_format: 'raw', container_format: 'bare', visibility: 'shared' };
    const { id } = await bob('image', 'POST', '/images', body);
    await bob('image', 'POST', `/images/${id}/members`, { member: project.id });
  }
  const words = ['acceptImage', 'rejectImage'] as const;
  for (const [index, word] of words.entries()) {
    const offered = await find('image.offered', names[index] ?? '');
    assert.equal(await act('image.offered', offered, word), undefined);
  }
  const images = await project.list('image.image', { freshness: 'fresh' });
  assert.ok(images.ok);
  assert.deepEqual(
    names.map((name) => images.value.items.some((image) => image['name'] === name)),
    [true, false],
  );
  for (const name of names) {
    const { images: own } = await bob('image', 'GET', `/images?name=${name}`);
    if (Array.isArray(own)) await bob('image', 'DELETE', `/images/${own[0].id}`);
  }
});

printOutcomes({
  restoreBackup: 'no cinder-backup runs in the sandbox: test/openstack/actionRequests.test.ts',
  restoreOver: 'no cinder-backup runs in the sandbox: test/openstack/actionRequests.test.ts',
});

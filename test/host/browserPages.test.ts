import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Prompts } from '../../src/host/prompts.ts';
import type { SignInPage } from '../../src/openstack/interaction.ts';

const { BrowserPages } = await import('../../src/host/browserPages.ts');
const { Secrets } = await import('../../src/host/secrets.ts');
const editor = (await import('vscode')) as unknown as Readonly<Record<string, object>>;

const done: string[] = [];
let reach = (address: string) => address;
let cancel = () => {};
let leave = true;
beforeEach(() => {
  done.length = 0;
  reach = (address) => address;
  leave = true;
});

/** The editor's own part, written down. */
Object.assign(editor['window'] ?? {}, {
  withProgress: (
    { title }: { title: string },
    run: (progress: object, token: { onCancellationRequested(listener: () => void): void }) => Promise<unknown>,
  ) => {
    done.push(`waits: ${title}`);
    return run({}, { onCancellationRequested: (listener) => (cancel = listener) });
  },
});
Object.assign(editor['env'] ?? {}, {
  openExternal: async (uri: URL) => {
    done.push(`opens ${uri.href}`);
    return leave;
  },
  asExternalUri: async (uri: URL) => ({ authority: new URL(reach(uri.href)).host }),
  clipboard: { writeText: async (text: string) => void done.push(`copies ${text}`) },
});

/** A person who presses these buttons in turn and types this. Without a further button they look elsewhere. */
function person(presses: readonly (string | undefined)[], typed?: string) {
  const left = [...presses];
  const prompts = {
    offer: async (message: string, buttons: readonly string[]) => {
      done.push(`${message} [${buttons.join(' | ')}]`);
      return left.length === 0 ? new Promise<undefined>(() => {}) : left.shift();
    },
    password: async (title: string, prompt: string) => {
      done.push(`asks: ${title} · ${prompt}`);
      return typed;
    },
  } as unknown as Prompts;
  const storage = { get: async () => undefined } as unknown as ConstructorParameters<typeof Secrets>[0];
  const secrets = new Secrets(storage, prompts);
  return { pages: new BrowserPages(prompts, secrets), secrets };
}

const url = 'https://k.example/v3/websso?origin=x';
const sso: SignInPage = { cloud: 'demo', url, paste: 'token', callback: 'http://localhost:9990/auth/websso/' };
const device: SignInPage = { cloud: 'demo', url: 'https://idp.example/activate', code: 'WDJB-MJHT' };
const never = new AbortController().signal;

describe('a page to sign in at', () => {
  it('is offered, and opened by its button; the answer that comes by itself ends the wait', async () => {
    const answered = new AbortController();
    const shown = person(['Open in Browser']).pages.show(sso, answered.signal);
    await new Promise((later) => setTimeout(later, 10));
    assert.deepEqual(done, [
      'waits: Signing in to demo in the browser',
      'To sign in to demo, open k.example in the browser. [Open in Browser | Copy Address | Paste Token…]',
      `opens ${url}`,
    ]);
    answered.abort();
    assert.equal(await shown, 'closed');
  });

  it('shows the code, which is copied before the page is opened; cancelling ends it', async () => {
    const shown = person(['Copy Code', 'Open in Browser']).pages.show(device, never);
    await new Promise((later) => setTimeout(later, 10));
    const offer = 'To sign in to demo, enter the code WDJB-MJHT at idp.example. [Open in Browser | Copy Code]';
    assert.deepEqual(done, [
      'waits: Signing in to demo in the browser with the code WDJB-MJHT',
      offer,
      'copies WDJB-MJHT',
      offer,
      'opens https://idp.example/activate',
    ]);
    cancel();
    assert.equal(await shown, 'closed');
  });

  it('of a browser that cannot come back asks for what it would bring', async () => {
    const asked =
      'asks: Sign in to demo · Paste a token of this cloud, such as `openstack token issue` prints. It is kept nowhere.';
    const taken = { cloud: 'demo', url, paste: 'token', trouble: 'port 9990 is taken by another program' } as const;
    assert.deepEqual(await person(['Open in Browser'], 't').pages.show(taken, never), { pasted: 't' });
    assert.deepEqual(done.splice(0), [
      'waits: Signing in to demo in the browser',
      'To sign in to demo, open k.example in the browser, and paste the answer here: port 9990 is taken by another program. [Open in Browser | Copy Address | Paste Token…]',
      `opens ${url}`,
      asked,
    ]);
    reach = () => {
      throw new Error('no tunnel');
    };
    assert.deepEqual(await person(['Open in Browser'], 't').pages.show(sso, never), { pasted: 't' });
    assert.equal(done.splice(0)[3], asked);
    reach = (address) => address.replace('9990', '51234');
    assert.deepEqual(await person(['Open in Browser'], 't').pages.show(sso, never), { pasted: 't' });
    assert.match(done[1] ?? '', /paste the answer here: it would come to localhost:9990, where the editor does not run\./);
    assert.equal(done[3], asked);
  });

  it('is offered again when the editor’s question whether to open it was closed', async () => {
    leave = false;
    assert.equal(await person(['Open in Browser', undefined]).pages.show(sso, never), 'closed');
    assert.equal(done.filter((line) => line.startsWith('To sign in')).length, 2);
  });

  it('is given up by closing the offer or pasting nothing', async () => {
    assert.equal(await person([undefined]).pages.show(sso, never), 'closed');
    assert.equal(await person(['Paste Token…'], '').pages.show(sso, never), 'closed');
    assert.equal(
      done.some((line) => line.startsWith('opens')),
      false,
    );
  });

  it('is for the cloud that somebody signs in to, as long as they do', async () => {
    const { pages, secrets } = person([]);
    assert.equal(pages.attended('demo'), false);
    await secrets.asking('demo', async () => assert.deepEqual([pages.attended('demo'), pages.attended('other')], [true, false]));
    assert.equal(pages.attended('demo'), false);
  });

  it('that was given up is not shown again before the next gesture', async () => {
    const { pages, secrets } = person([undefined]);
    await secrets.asking('demo', async () => {
      await pages.show(sso, never);
      assert.equal(pages.attended('demo'), false);
    });
    await secrets.asking('demo', async () => assert.equal(pages.attended('demo'), true));
  });
});

import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { SandboxEnvironment } from '../../sandbox/place.ts';
import { copyWorkspace } from '../copyWorkspace.ts';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { type WindowOptions, Workbench } from './workbench.ts';

export interface Scene {
  readonly window: Workbench;
  /** The copy of the sample workspace that the window shows. */
  readonly folder: string;
  readonly sandbox: SandboxEnvironment;
}

export interface SceneOptions extends Partial<Omit<WindowOptions, 'env' | 'folder'>> {
  /** Changes the copy of the workspace before the window opens on it. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Instead of the sandbox's clouds and clusters. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
  /** Puts away what the scene was given. */
  readonly after?: () => Promise<void>;
}

/** A test in a window of its own on a copy of the sample workspace beside the sandbox; what it looked like is kept if the test fails. */
export function inWindow(
  name: string,
  play: (scene: Scene) => Promise<void>,
  { prepare, env, after, ...options }: SceneOptions = {},
): void {
  test(name, async () => {
    const sandbox = findSandbox();
    if (!sandbox) throw new Error('No sandbox is up (.sandbox/env.json): npm run sandbox -- up first.');
    const folder = await copyWorkspace();
    await prepare?.(folder);
    const window = await Workbench.open({ ...options, env: env?.(folder) ?? windowEnvironment(sandbox), folder });
    try {
      await play({ window, folder, sandbox });
    } catch (error) {
      await window.keep(name.replaceAll(/\W+/g, '-'));
      throw error;
    } finally {
      await window.close();
      await rm(dirname(folder), { recursive: true, force: true });
      await after?.();
    }
  });
}

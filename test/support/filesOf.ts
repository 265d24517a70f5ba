import { failed, success } from '../../src/base/failure.ts';
import type { Files } from '../../src/deploy/files/files.ts';

/** Files in memory: path → text; folders follow from the paths. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  const inside = (folder: string) => Object.keys(texts).filter((path) => path.startsWith(`${folder}/`));
  return {
    facts: async (path) => {
      const text = texts[path];
      if (text !== undefined) return success({ type: 'file', size: text.length });
      return inside(path).length > 0 ? success({ type: 'folder', size: 0 }) : failed('notFound', `${path} does not exist.`);
    },
    read: async (path) => {
      const text = texts[path];
      return text === undefined ? failed('notFound', `${path} does not exist.`) : success(text);
    },
    list: async (folder) => {
      const names = new Map<string, 'file' | 'folder'>();
      for (const path of inside(folder)) {
        const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
        names.set(name, rest.length === 0 ? 'file' : 'folder');
      }
      return success([...names].map(([name, type]) => ({ name, type })));
    },
  };
}

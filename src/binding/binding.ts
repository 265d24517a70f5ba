/** Which cloud, project, context and namespace a document belongs to. Every member may be open. */
export interface Binding {
  readonly cloud?: string;
  /** Name or id of the project; absent: the project of the cloud's own entry. */
  readonly project?: string;
  readonly region?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** A binding chosen for a folder (setting `hybridClusters.binding`) . `folder` is an absolute path or URI without trailing slash. */
export interface FolderBinding {
  readonly folder: string;
  readonly binding: Binding;
}

/**
 * The binding of a document: that of the innermost bound folder that holds it, as chosen once by the user; members it leaves open come from the next one out.
 * Pure: the host hands over what the settings say. Undefined when no folder is bound: then nothing is contacted and nothing is accused.
 */
export function bindingOf(document: string, folders: readonly FolderBinding[]): Binding | undefined {
  const holding = folders
    .filter(({ folder }) => document === folder || document.startsWith(`${folder}/`))
    .sort((one, other) => one.folder.length - other.folder.length);
  if (holding.length === 0) return undefined;
  return Object.assign({}, ...holding.map(({ binding }) => binding)) as Binding;
}

/** How a binding is shown: `demo › demo  ⎈ sandbox-admin › shop`. */
export function describeBinding(binding: Binding): string {
  const cloud = binding.cloud && [binding.cloud, binding.project].filter(Boolean).join(' › ');
  const context = binding.context && `⎈ ${[binding.context, binding.namespace].filter(Boolean).join(' › ')}`;
  return [cloud, context].filter(Boolean).join('  ');
}

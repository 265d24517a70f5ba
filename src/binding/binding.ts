/** Which cloud, project, context and namespace a document belongs to. Every member may be open. */
export interface Binding {
  readonly cloud?: string;
  /** Name or id of the project; absent: the project of the cloud's own entry. */
  readonly project?: string;
  readonly region?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** A binding chosen for a folder (settings `hybridClusters.binding` and `hybridClusters.folderBindings`). `folder` is an absolute path or URI without trailing slash. */
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
  return holding.reduce<Binding>((outer, { binding }) => ({ ...whereItIs(outer, binding), ...binding }), {});
}

/** What of an outer binding still means something inside: a project and region are those of a cloud, a namespace that of a context. */
function whereItIs(outer: Binding, { cloud, context }: Binding): Binding {
  const { project, region, namespace, ...rest } = outer;
  return {
    ...rest,
    ...(cloud === undefined || cloud === outer.cloud
      ? { ...(project === undefined ? {} : { project }), ...(region === undefined ? {} : { region }) }
      : {}),
    ...((context === undefined || context === outer.context) && namespace !== undefined ? { namespace } : {}),
  };
}

/** What a text that lies in no folder yet belongs to: the one binding that all bound folders have. Undefined where they differ or none is bound, for then nobody can say. */
export function sharedBinding(folders: readonly FolderBinding[]): Binding | undefined {
  const bound = folders.map(({ binding }) => binding).filter(({ cloud, context }) => cloud || context);
  const shown = new Set(bound.map((one) => JSON.stringify(bindingKeys.map((key) => one[key]))));
  return shown.size === 1 ? bound[0] : undefined;
}

/** The members of a binding. */
export const bindingKeys = ['cloud', 'project', 'region', 'context', 'namespace'] as const;

/** How a binding is shown: `demo › demo  ⎈ sandbox-admin › shop`. */
export function describeBinding(binding: Binding): string {
  const cloud = binding.cloud && [binding.cloud, binding.project].filter(Boolean).join(' › ');
  const context = binding.context && `⎈ ${[binding.context, binding.namespace].filter(Boolean).join(' › ')}`;
  return [cloud, context].filter(Boolean).join('  ');
}

/** How a pull of an image ends: `undefined` when it is there, else the words containerd would have. */
export type PullError = { readonly reason: 'ErrImagePull' | 'InvalidImageName' | 'ErrImageNeverPull'; readonly message: string };

/** The registries of the sandbox, as `images.txt` lists them: repository → tags, `*` for any. */
export type Images = ReadonlyMap<string, readonly string[]>;

interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

const REST =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** Lines of `repository tag tag …`; `#` begins a comment. */
export function parseImages(text: string): Images {
  const images = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [repository, ...tags] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (repository) images.set(repository, tags);
  }
  return images;
}

/** `nginx` → docker.io/library/nginx:latest, as container runtimes read it; undefined when it is no image name. */
export function parseReference(image: string): Reference | undefined {
  const slash = image.indexOf('/');
  const head = slash < 0 ? '' : image.slice(0, slash);
  const named = /[.:]/.test(head) || head === 'localhost';
  const registry = named ? head : 'docker.io';
  const rest = named ? image.slice(slash + 1) : image;
  if (!REST.test(rest)) return undefined;
  const at = rest.indexOf('@');
  const colon = rest.lastIndexOf(':');
  const cut = at >= 0 ? at : colon;
  const name = cut < 0 ? rest : rest.slice(0, cut);
  const repository = registry === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
  return { registry, repository, tag: cut < 0 ? 'latest' : rest.slice(cut + 1) };
}

/** What pulling `image` says: nothing when the registries have it. */
export function pull(image: string, images: Images, policy?: string): PullError | undefined {
  const reference = parseReference(image);
  if (reference === undefined) {
    const why = 'invalid reference format';
    return {
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`,
    };
  }
  const { registry, repository, tag } = reference;
  const tags = images.get(`${registry}/${repository}`);
  if (tags && (tags.includes('*') || tags.includes(tag))) return undefined;
  if (policy === 'Never') {
    return { reason: 'ErrImageNeverPull', message: `Container image "${image}" is not present with pull policy of Never` };
  }
  const full = `${registry}/${repository}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
  const why = tags ? `NotFound desc = ${unpacked(full)}: ${full}: not found` : absent(reference, full, images);
  return { reason: 'ErrImagePull', message: `rpc error: code = ${why}` };
}

function absent({ registry, repository, tag }: Reference, full: string, images: Images): string {
  const known = [...images.keys()].some((name) => name.startsWith(`${registry}/`));
  if (known) {
    const denied = 'pull access denied, repository does not exist or may require authorization';
    return `Unknown desc = ${unpacked(full)}: ${denied}: server message: insufficient_scope: authorization failed`;
  }
  const request = `failed to do request: Head "https://${registry}/v2/${repository}/manifests/${tag}"`;
  return `Unknown desc = ${unpacked(full)}: ${request}: dial tcp: lookup ${registry.replace(/:\d+$/, '')}: no such host`;
}

function unpacked(full: string): string {
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`;
}

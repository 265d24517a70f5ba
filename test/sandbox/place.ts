import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where one sandbox keeps its things. Everything stands in the git-ignored `.sandbox` of its checkout. */
export interface Place {
  readonly home: string;
  readonly openstack: string;
  readonly kubernetes: string;
  /** Fetched and built things; `HYBRID_SANDBOX_CACHE` lets several checkouts share them. */
  readonly cache: string;
  readonly environmentFile: string;
  /** Written last when the seed is saved: a seed without it is half done. */
  readonly seedMark: string;
}

export const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));
const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));

export const SERVICES = [
  'keystone',
  'placement',
  'neutron',
  'glance',
  'nova',
  'cinder',
  'octavia',
  'heat',
  'magnum',
  'designate',
  'ironic',
  'barbican',
  'manila',
  'swift',
] as const;

export function findPlace(checkout = CHECKOUT): Place {
  const home = join(checkout, '.sandbox');
  return {
    home,
    openstack: join(home, 'openstack'),
    kubernetes: join(home, 'kubernetes'),
    cache: process.env['HYBRID_SANDBOX_CACHE'] ? resolve(process.env['HYBRID_SANDBOX_CACHE']) : home,
    environmentFile: join(home, 'env.json'),
    seedMark: join(home, 'seed.json'),
  };
}

/** What a running sandbox offers, as `up` writes it to `.sandbox/env.json`. All paths are absolute. */
export interface SandboxEnvironment {
  /** Added to every port of the services' defaults. */
  readonly offset: number;
  readonly openstack: {
    readonly clouds: string;
    readonly authUrl: string;
    readonly region: string;
  };
  readonly kubernetes: {
    readonly server: string;
    /** The administrator's; the same as `kubeconfigs.admin`. */
    readonly kubeconfig: string;
    readonly kubeconfigs: { readonly admin: string; readonly alice: string; readonly bob: string };
    readonly kubectl: string;
    /** One line of JSON per request that the API server got. */
    readonly auditLog: string;
  };
  /** What the stand-in controllers print. */
  readonly standInLog: string;
}

export function environmentAt(place: Place, offset: number): SandboxEnvironment {
  const kubeconfig = (user: string) => join(place.kubernetes, `pki/${user}.kubeconfig`);
  return {
    offset,
    openstack: {
      clouds: join(place.openstack, 'clouds.yaml'),
      authUrl: `http://127.0.0.1:${5000 + offset}/v3`,
      region: 'RegionOne',
    },
    kubernetes: {
      server: `https://127.0.0.1:${6443 + offset}`,
      kubeconfig: kubeconfig('admin'),
      kubeconfigs: { admin: kubeconfig('admin'), alice: kubeconfig('alice'), bob: kubeconfig('bob') },
      kubectl: join(place.cache, 'kubernetes/bin/kubectl'),
      auditLog: join(place.kubernetes, 'log/audit.log'),
    },
    standInLog: join(place.home, 'log/standins.log'),
  };
}

/** The environment of the last `up`, or undefined when there was none or it was taken down. */
export function readEnvironment(place: Place): SandboxEnvironment | undefined {
  if (!existsSync(place.environmentFile)) return undefined;
  return JSON.parse(readFileSync(place.environmentFile, 'utf8')) as SandboxEnvironment;
}

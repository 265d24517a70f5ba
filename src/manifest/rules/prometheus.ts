import type { FixedValues, Rule } from '../rule.ts';

/** Service discovery of Prometheus; several clouds may be scraped, so a region that is not here may be elsewhere. Source: prometheus-operator, `pkg/apis/monitoring/v1alpha1`. */
export const prometheusRules: readonly Rule[] = [
  {
    in: 'monitoring.coreos.com/v1alpha1 ScrapeConfig',
    at: 'spec.openstackSDConfigs[*].region',
    to: 'identity.region',
    by: 'name',
    unknown: 'warning',
  },
  {
    in: 'prometheus.yml',
    at: 'scrape_configs[*].openstack_sd_configs[*].region',
    to: 'identity.region',
    by: 'name',
    unknown: 'warning',
  },
];

const role = { role: { words: ['Instance', 'Hypervisor', 'LoadBalancer'] } } as const;
const discovery = { called: 'setting', reader: 'Prometheus', own: /(?!)/ } as const;

/** What is looked for. Source: prometheus, `discovery/openstack/openstack.go`; prometheus-operator, `pkg/apis/monitoring/v1alpha1/scrapeconfig_types.go`. */
export const prometheusValues: readonly FixedValues[] = [
  {
    ...discovery,
    in: 'monitoring.coreos.com/v1alpha1 ScrapeConfig',
    at: 'spec.openstackSDConfigs[*]',
    keys: role,
    otherwise: { said: 'is refused by the API server', severity: 'error' },
  },
  {
    ...discovery,
    in: 'prometheus.yml',
    at: 'scrape_configs[*].openstack_sd_configs[*]',
    keys: { role: { words: ['instance', 'hypervisor', 'loadbalancer'] } },
    otherwise: { said: 'keeps Prometheus from starting', severity: 'error' },
  },
];

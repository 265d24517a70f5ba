import { cli, type DeployExpectation, deploy, render } from './proofs.ts';

/** What stands instead of the specification where that is too simple. */
export const instead: readonly DeployExpectation[] = [
  {
    of: 'instead',
    what: 'deleting what owns cloud resources: named, typed; a rename is a deletion; templates of Cluster API are cloned',
    proofs: [
      ...deploy('prune', 'what reaches outside Kubernetes is listed by name, and the name is typed'),
      ...deploy('prune', 'a renamed object is a deletion, and that is said'),
      ...deploy('recreate', 'a changed template of Cluster API is cloned under another name and pointed to, never made anew'),
    ],
  },
  {
    of: 'instead',
    what: 'undeploy of a cluster: from the inside out, credentials last',
    proofs: deploy(
      'undeploy',
      'a cluster is undeployed from the inside out',
      'a claim that a pod still uses keeps its Cluster, and all that its deletion needs',
      'a workload cluster that does not answer is told, with what may be left behind',
    ),
  },
  {
    of: 'instead',
    what: 'replicas beside an autoscaler: the live value stays under another manager, never below it, pools of machines too',
    proofs: [
      ...deploy(
        'scale',
        'whatever an autoscaler does at any moment of any deploys, nobody but it changes the count',
        'an autoscaler that acts in the very moment is not put back',
        'the cluster autoscaler, of a pool that says both its sizes',
        'without an autoscaler any more, the count of the manifest is taken back',
      ),
      ...deploy('scale.live', 'three replicas, an autoscaler that reaches eight, three deploys: never below eight'),
    ],
  },
  {
    of: 'instead',
    what: 'rights: a rules review of a namespace, one by one where that is incomplete',
    proofs: deploy(
      'rights',
      'are had: one review of the rules of the namespace',
      'are asked about one by one where the rules are incomplete',
      'are not had: each object is refused before anything is written',
    ),
  },
  {
    of: 'instead',
    what: 'quota: of one target as difference to what is live, with the surge; shared by targets it adds up',
    proofs: [
      ...deploy(
        'quotaLeft',
        'counts what is live once: only what is more than that is asked for',
        'counts the machines that stand beside the old ones while a pool is rolled',
      ),
      ...deploy(
        'targets/targets',
        'what targets of one project ask adds up; what stands beside the old while machines are rolled counts for one wave',
      ),
    ],
  },
  {
    of: 'instead',
    what: 'time limits by kind and cause: without progress, not alone by the clock',
    proofs: [
      ...deploy('timeLimits', 'a slow machine, which moves', 'a machine that stands still', 'bare metal takes its time'),
      ...deploy('progress', 'law: the last progress is the first time of the state that came last for the first time'),
    ],
  },
  {
    of: 'instead',
    what: 'charts that draw at random keep the live value; a release that Helm owns stays Helm’s',
    proofs: [
      ...render(
        'gatherRendered',
        'what a chart draws at random goes out once and is kept from then on; tests of a chart are left out',
        'unknown fields in a chart are warnings of the server, in own manifests they are refused',
      ),
      ...deploy(
        'plan',
        'fields that Helm set of its own release are no conflict: what its upgrade would change is shown, and nothing blocks',
      ),
      ...cli(
        'targets.live',
        'what a chart draws is drawn once: the second run changes nothing, and its unknown field is a warning',
      ),
    ],
  },
  {
    of: 'instead',
    what: 'SOPS: decrypted in memory by the user’s own program, else refused with that reason',
    proofs: render(
      'gatherRendered',
      'a Secret that SOPS encrypted is decrypted in memory; its values are in no text that is shown',
      'without sops, or its key, the deploy is refused with that reason',
      'a decrypted value in what is no Secret would be shown, so it is refused',
    ),
  },
];

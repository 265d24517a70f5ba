import { type DeployExpectation, deploy, inRoom } from './proofs.ts';

/** Column "Ours" of the table of hard cases, row by row. */
export const hardCases: readonly DeployExpectation[] = [
  {
    of: 'hard case',
    what: 'CRD before CR in one run: by group and kind, established and served first, proven offline before',
    proofs: [
      ...deploy('order', 'a custom object waits until its definition is established'),
      ...deploy('hardCases', 'CRD before CR in one run: established, then served, then its objects go out'),
      ...deploy('hardCasesOfPlans', 'CRD before CR in one run: the object is proven offline by the definition beside it'),
      ...deploy('apply.live', 'the namespace, a definition and its object in one run'),
    ],
  },
  {
    of: 'hard case',
    what: 'Namespace in the same run: its members are verified on apply; one that nothing makes is offered as a step',
    proofs: [
      ...deploy('plan', 'what only this plan makes is verified on apply'),
      ...deploy('hardCases', 'Namespace in the same run: its members go out once it exists, not when it is Active'),
      ...deploy(
        'hardCasesOfPlans',
        'Namespace that nothing makes: blocks, or is a step of the plan after a yes, of no set and never pruned',
      ),
      ...deploy('prune', 'the set of a namespace that this deploy makes is noted as soon as there is one'),
      ...deploy('apply.live', 'the namespace, a definition and its object in one run'),
    ],
  },
  {
    of: 'hard case',
    what: 'Webhook not ready: tried again in its own words, configured behind its backend, and before what it has a say in',
    proofs: [
      ...deploy('refusal', 'what passes by itself is tried again, what does not is not'),
      ...deploy(
        'hardCases',
        'Webhook not ready: tried again, in its own words',
        'Webhook not ready: its configuration waits for the pods behind it',
      ),
      ...deploy(
        'order',
        'a webhook is configured when its backend works, and what it has a say in comes after it; what the backend needs does not',
      ),
      ...deploy('readiness.live', 'a webhook configuration waits for the endpoints behind its Service'),
    ],
  },
  {
    of: 'hard case',
    what: 'Immutable field: red in the plan before anything runs; recreate only after a yes, Jobs that are over by themselves, namespaces never',
    proofs: [
      ...deploy('refusal', 'an immutable field means that the object must be made anew'),
      ...deploy(
        'recreate',
        'a finished Job whose template changed is made anew, as a step of the plan that is seen',
        'a Job that runs, or whose template is the same, waits for a yes',
        'what is made anew says what it destroys, by key or for all, and its name is typed',
        'a StatefulSet is made anew around its pods',
        'a Namespace is never made anew, whatever is said',
        'nothing is deleted whose successor the server would refuse',
      ),
      ...deploy(
        'apply.live',
        'an immutable field blocks before anything runs; a Job that is over is made anew for its new template',
      ),
      ...deploy('prune.live', 'a Deployment whose selector changed is made anew only when that was said'),
    ],
  },
  {
    of: 'hard case',
    what: 'generateName: made once for what it says, no second one when it is run again or carried on, never pruned',
    proofs: deploy(
      'hardCasesOfPlans',
      'generateName: made once for what it says, once more when that changes, and those before it are never pruned',
    ),
  },
  {
    of: 'hard case',
    what: 'Object above 256 KiB: server-side apply only; above 1.5 MiB told with its size; history and inventory packed and divided',
    proofs: [
      ...deploy(
        'hardCasesOfPlans',
        'Object larger than an annotation holds: server-side apply takes it, and no copy of it is kept in one',
        'Object larger than etcd takes: told with its size, and nothing of it is sent',
      ),
      ...deploy('clusterRuns', 'a large one is kept in parts that a Secret can hold; without one of them it is not there'),
      ...deploy('inventory', 'what is written is what is read, and five thousand members stay below what etcd takes'),
    ],
  },
  {
    of: 'hard case',
    what: 'List kinds, multi-doc, JSON: taken apart, each object with its line',
    proofs: [
      ...deploy('readManifests', 'documents, lists and their items keep their lines', 'JSON is read as well'),
      ...deploy('hardCasesOfPlans', 'List kinds, multi-doc, JSON: each object by itself, each with its line'),
    ],
  },
  {
    of: 'hard case',
    what: 'Same object twice: an error with both places; equal copies count once',
    proofs: deploy('hardCasesOfPlans', 'Same object twice: equal copies count once, other content blocks with both places'),
  },
  {
    of: 'hard case',
    what: 'Missing or wrong namespace: from the target; another one is a warning of each object',
    proofs: deploy(
      'hardCasesOfPlans',
      'Missing or wrong namespace: it comes from the target, another one is told of each object, one without a need is left out',
    ),
  },
  {
    of: 'hard case',
    what: 'CRD removal: never pruned, undeployed with the objects of the set alone, and the objects that would go with it are counted and named, of any namespace',
    proofs: [
      ...deploy('prune', 'what must stay is kept, each with its reason'),
      ...deploy(
        'undeploy',
        'a definition of which only the set has objects goes: the objects while their controller lives, then the controller, then it',
        'a definition stays while somebody else has an object of its kind, or one of the set is kept',
      ),
    ],
  },
  {
    of: 'hard case',
    what: 'Replicas beside an HPA or KEDA, of the plan or the cluster: handed over with their value, then left out',
    proofs: [
      ...deploy(
        'scale',
        'a count that only we hold is handed over with the value it has, then left out',
        'a ScaledObject of KEDA, whose target is a Deployment unless it says otherwise',
        'A. three, then an autoscaler that has reached eight, then three deploys: never below eight',
      ),
      ...deploy('scale.live', 'three replicas, an autoscaler that reaches eight, three deploys: never below eight'),
    ],
  },
  {
    of: 'hard case',
    what: 'API version removed: the versions that are served are named, also of another group, and offered where that is all; an upgrade tells it before',
    proofs: [
      ...deploy('hardCasesOfPlans', 'API version removed: the versions that are served are named'),
      ...deploy(
        'offerRenames',
        'a version that is not served is offered another where the server takes the object as it is',
        'where more than the version would have to change, none is offered',
      ),
      ...deploy(
        'offerRenames.live',
        'a rename is offered where the server takes the object as it is, and not where more has changed',
      ),
      ...deploy('prune', 'an object whose version is no longer served is found in the one that is'),
      ...inRoom('manifest')(
        'upgradeFindings',
        'a manifest: what is gone is an error, what goes later a warning, what others call the same is left alone',
      ),
    ],
  },
  {
    of: 'hard case',
    what: 'managedFields, status and uid in pasted YAML: left out and named',
    proofs: [
      ...deploy('hardCasesOfPlans', 'managedFields, status and uid in pasted YAML: left out and named'),
      ...deploy('diff', 'an object copied from a cluster loses what belongs to the server'),
    ],
  },
];

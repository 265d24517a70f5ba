import { failed, type Result, success } from '../../src/base/failure.ts';
import type { Cluster, Table } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from './fakeCluster.ts';

/** The lines of a list, or why there is none. */
type Answer = readonly string[] | 'forbidden' | 'offline';

/**
 * A cluster that prints tables from lines, by what is asked: `pods` in all namespaces, `shop/pods` in one, `pods?app=web` with a selector. A line is a name, then labels as `app=web`
 * and cells. Everything else is empty. Writes down what it was asked.
 */
export class PrintingCluster extends FakeCluster {
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, Answer>>;

  constructor(answers: Readonly<Record<string, Answer>>, name = 'dev') {
    super({ name });
    this.#answers = answers;
  }

  override async table(...[kind, options = {}]: Parameters<Cluster['table']>): Promise<Result<Table>> {
    const { namespace, labelSelector, fieldSelector, limit = 0, include = '', continue: next = '0' } = options;
    const name = [[namespace, kind.resource].filter(Boolean).join('/'), labelSelector ?? fieldSelector].filter(Boolean).join('?');
    this.asked.push(`${name} ${include} ${limit} from ${next}`);
    const answer = this.#answers[name] ?? [];
    if (typeof answer === 'string') return failed(answer, `${answer} ${name}`);
    const page = answer.slice(Number(next), Number(next) + limit);
    const goesOn = Number(next) + limit < answer.length;
    const column = (title: string) => ({ name: title, type: 'string', format: '', priority: 0, description: '' });
    return success({
      columns: ['Name', 'Status', 'IP', 'Images'].map(column),
      rows: page.map((line) => {
        const [path = '', ...words] = line.split(' ');
        const [object = '', space = namespace] = path.split('/').reverse();
        const labels = Object.fromEntries(words.filter((word) => word.includes('=')).map((word) => word.split('=')));
        const cells = [object, ...words.filter((word) => !word.includes('='))];
        const metadata = { name: object, labels, ...(space !== undefined && { namespace: space }) };
        const pod = { spec: { containers: [{ image: 'nginx:1.27' }] }, status: { podIPs: [{ ip: 'fd00::7' }] } };
        return { cells, object: { apiVersion: 'v1', kind: kind.kind, metadata, ...(include === 'Object' && pod) } };
      }),
      resourceVersion: '1',
      ...(goesOn && { continue: String(Number(next) + limit) }),
    });
  }
}

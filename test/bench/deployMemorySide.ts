/** A process of its own that deploys 5,000 objects and prints by how many MB what it holds had grown at most, over what it held with everything loaded and one object deployed. */
import { configMaps, DeployBench } from './deployBench.ts';
import { heapUsed } from './heapUsed.ts';

await using bench = await DeployBench.open(0);
const held: number[] = [];
const look = () => void held.push(heapUsed() / 1024 / 1024);
const deploy = async (count: number) => {
  const planned = await bench.plan(await bench.file(configMaps(count)), await bench.space());
  look();
  const { run, end } = await bench.start(planned);
  const every = setInterval(look, 500);
  await run.done;
  clearInterval(every);
  look();
  await end;
};
await deploy(1);
const before = held.at(-1) ?? 0;
await deploy(5_000);
console.log(Math.round(Math.max(...held) - before));

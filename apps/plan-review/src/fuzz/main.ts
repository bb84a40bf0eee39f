import { parseArgs } from 'node:util';
import { fuzz } from '.';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error(`got --count ${values.count} --seed ${values.seed}: both must be whole numbers, the count 1 or more`);
  process.exit(1);
}
const { plans, leaks, crashes, slowest } = fuzz(count, seed);
for (const problem of [
  ...leaks.map((leak) => `leak in plan ${leak}`),
  ...crashes.map((crash) => `crash at plan ${crash}`),
].slice(0, 50))
  console.log(problem);
console.log(
  `${plans} plans, ${leaks.length} leaks, ${crashes.length} crashes, slowest ${slowest.milliseconds.toFixed(0)} ms (plan ${slowest.seed})`,
);
process.exitCode = leaks.length + crashes.length > 0 ? 1 : 0;

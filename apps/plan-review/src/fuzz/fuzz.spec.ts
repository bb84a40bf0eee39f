import { fuzz } from '.';
import { leaksIn } from './leaks';
import { fuzzedPlan } from './plans';
import { Random } from './random';

// The long run is a target of its own: npx nx fuzz plan-review --count=10000

it('no planted value is in an output, and no plan breaks the review', () => {
  const { plans, leaks, crashes } = fuzz(100, 20_000);
  expect({ plans, leaks, crashes }).toEqual({ plans: 100, leaks: [], crashes: [] });
});

it('a plan comes again with its seed', () => {
  expect(fuzzedPlan(new Random(7))).toEqual(fuzzedPlan(new Random(7)));
  expect(fuzzedPlan(new Random(7))).not.toEqual(fuzzedPlan(new Random(8)));
});

describe('a planted value is found', () => {
  const planted = [{ text: 'p@ss!q1ZebraQuagga', cores: ['q1ZebraQuagga'] }];

  it.each([
    ['as it is', 'a q1ZebraQuagga z'],
    ['cut short', 'a q1ZebraQua… z'],
    ['in capitals', 'Q1ZEBRAQUAGGA'],
    ['in base64', Buffer.from('1 q1ZebraQuagga').toString('base64')],
    [
      'in base64 over lines',
      `${Buffer.from('1 q1ZebraQuagga').toString('base64').slice(0, 12)}\n+   ${Buffer.from('1 q1ZebraQuagga').toString('base64').slice(12)}`,
    ],
    ['in hexadecimal', Buffer.from('q1ZebraQuagga').toString('hex')],
  ])('%s', (_, output) => expect(leaksIn(output, planted)).toEqual(['q1ZebraQuagga']));

  it('and nothing where it is hidden', () => {
    expect(leaksIn('a (sensitive) z aGVsbG8gd29ybGQsIGhlbGxv', planted)).toEqual([]);
  });
});

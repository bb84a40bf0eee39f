import { parseEnvironment, placeholders } from './index';
import { dev, edit, file, prod } from './spec-helpers';

const told = (base: object, changes: Readonly<Record<string, unknown>> = {}) =>
  placeholders(parseEnvironment(edit(base, changes), file)).map((line) => line.split(':')[0]);

it('the examples that the repository is shipped with are told', () => {
  expect(told(prod, { 'access.trackingCidrs': ['8.8.8.0/24', '203.0.113.0/24'] })).toEqual([
    'accountId',
    'access.trackingCidrs[1]',
    'loadBalancer.domainName',
    'loadBalancer.hostedZoneId',
  ]);
  expect(told(dev, { 'observability.alarmEmail': 'me@example.com', 'github.repository': 'example/mlflow' })).toEqual([
    'accountId',
    'observability.alarmEmail',
    'github.repository',
  ]);
});

it('what is one’s own is not', () => {
  const own = {
    accountId: '210987654321',
    'access.trackingCidrs': ['8.8.8.0/24'],
    'observability.alarmEmail': 'me@mlflow.org',
  };
  expect(told(dev, own)).toEqual([]);
  expect(
    told(prod, { ...own, 'loadBalancer.domainName': 'mlflow.acme.dev', 'loadBalancer.hostedZoneId': 'Z1D633PJN98FT9' }),
  ).toEqual([]);
});

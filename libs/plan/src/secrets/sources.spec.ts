import { parsePlan } from '../read';
import { redactorOf } from '.';

function redactorWith(parts: object): (text: string) => string {
  return redactorOf(parsePlan(JSON.stringify({ format_version: '1.2', planned_values: {}, ...parts }), 'plan.json'));
}

const resource = (values: object, sensitive_values: object, type = 'aws_secret'): object => ({
  address: `${type}.it`,
  type,
  name: 'it',
  values,
  sensitive_values,
});
const change = (after: object, after_sensitive: object = {}): object => ({
  resource_changes: [
    {
      address: 'aws_it.it',
      type: 'aws_it',
      name: 'it',
      change: { actions: ['create'], before: null, after, after_sensitive },
    },
  ],
});

describe('a value is secret', () => {
  it.each([
    [
      'a data source',
      { prior_state: { values: { root_module: { resources: [resource({ a: 'zebra-1' }, { a: true })] } } } },
    ],
    [
      'a data source of a module',
      {
        prior_state: {
          values: { root_module: { child_modules: [{ resources: [resource({ a: ['zebra-1'] }, { a: [true] })] }] } },
        },
      },
    ],
    ['an output before', { prior_state: { values: { outputs: { o: { sensitive: true, value: { a: 'zebra-1' } } } } } }],
    ['what will be', { planned_values: { root_module: { resources: [resource({ a: 'zebra-1' }, { a: true })] } } }],
    [
      'an action',
      {
        action_invocations: [
          { address: 'a', type: 't', name: 'n', config_values: { a: 'zebra-1' }, config_sensitive: { a: true } },
        ],
      },
    ],
  ])('that is marked in %s', (_, parts) => {
    expect(redactorWith(parts)('is zebra-1.')).toBe('is (sensitive).');
  });

  it('that references carry into a variable or an output that is called sensitive', () => {
    const redact = redactorWith({
      prior_state: {
        values: { root_module: { resources: [resource({ result: 'zebra-1', length: 12 }, {}, 'random_password')] } },
      },
      ...change({ endpoint: [{ key: 'quagga-2' }] }),
      configuration: {
        root_module: {
          outputs: { key: { sensitive: true, expression: { references: ['aws_it.it.endpoint[0].key', 'aws_it.it'] } } },
          module_calls: {
            m: {
              expressions: { pw: { references: ['random_password.it.result', 'random_password.it'] } },
              module: { variables: { pw: { sensitive: true } } },
            },
          },
        },
      },
    });
    expect(redact('zebra-1 quagga-2 12')).toBe('(sensitive) (sensitive) 12');
  });

  it('that only its name tells, wherever it occurs', () => {
    const redact = redactorWith(
      change({
        container_definitions: '[{"environment":[{"name":"DB_PASSWORD","value":"zebra-4711"}]}]',
        environment: [{ variables: { STRIPE_KEY: 'quagga-4711', MODE: 'plain-4711' } }],
        user_data: 'export API_TOKEN="okapi-4711"',
      }),
    );
    expect(redact('zebra-4711 quagga-4711 okapi-4711 plain-4711')).toBe(
      '(sensitive) (sensitive) (sensitive) plain-4711',
    );
  });
});

describe('an ordinary word', () => {
  const words = [
    'postgres',
    'production',
    'true',
    'mlflow',
    'ReadOnly',
    'eu-central-1',
    'db.t4g.micro',
    '5432',
    '10.0.0.0/16',
    '1.30',
  ];

  it.each(words)('%s is hidden at its mark alone', (word) => {
    const redact = redactorWith(change({ value: word }, { value: true }));
    expect(redact(word)).toBe(word);
    expect(redact(`aws_db_instance.${word}-2`)).toBe(`aws_db_instance.${word}-2`);
  });

  it('that an author calls sensitive is hidden as a whole value, not in names', () => {
    const redact = redactorOf(
      parsePlan(
        JSON.stringify({
          format_version: '1.2',
          planned_values: {},
          variables: { v: { value: 'postgres' } },
          configuration: { root_module: { variables: { v: { sensitive: true } } } },
        }),
        'plan.json',
      ),
    );
    expect(redact('postgres')).toBe('(sensitive)');
    expect(redact('postgres', 'name')).toBe('postgres');
    expect(redact('aws_db_instance.postgres')).toBe('aws_db_instance.postgres');
  });

  it.each(['qwjxkzvbnmpt', 'Tr0ub4dor', 'hunter2', 'kXqWzPjVbN', 'zebra-token', 'correct horse battery'])(
    '%s is none',
    (word) => expect(redactorWith(change({ value: word }, { value: true }))(`a-${word}/b`)).toBe('a-(sensitive)/b'),
  );

  it.each(['vpc-0123456789abcdef0', 'arn:aws:iam::123456789012:role/x', 'aws:UserAgent', 's3:GetObject'])(
    'nor is %s, which AWS gives and a provider marks',
    (id) => expect(redactorWith(change({ value: id }, { value: true }))(id)).toBe(id),
  );
});

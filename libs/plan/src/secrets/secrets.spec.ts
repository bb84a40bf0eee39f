import { parsePlan } from '../read';
import { redactorOf } from '.';

const secret = 'hunter2 & "<friends>"';

function planWith(parts: object): ReturnType<typeof parsePlan> {
  return parsePlan(JSON.stringify({ format_version: '1.2', planned_values: {}, ...parts }), 'plan.json');
}

const withVariable = (value: unknown): ReturnType<typeof parsePlan> =>
  planWith({
    variables: { token: { value }, region: { value: 'eu-central-1' } },
    configuration: { root_module: { variables: { token: { sensitive: true }, region: {} } } },
  });

describe('redactorOf', () => {
  const redact = redactorOf(withVariable(secret));

  it('hides a sensitive variable inside other texts', () => {
    expect(redact(`curl -u admin:${secret} https://host`)).toBe('curl -u admin:(sensitive) https://host');
    expect(redact('region eu-central-1')).toBe('region eu-central-1');
  });

  it.each([
    ['JSON', JSON.stringify({ password: secret })],
    ["Terraform's jsonencode", '{"password":"hunter2 \\u0026 \\"\\u003cfriends\\u003e\\""}'],
    ['a URL', `https://host/?token=${encodeURIComponent(secret)}`],
    ['base64, at its start', Buffer.from(`${secret} and more`).toString('base64')],
    ['base64, one byte later', Buffer.from(`1${secret} and more`).toString('base64')],
    ['base64, two bytes later', Buffer.from(`12${secret} and more`).toString('base64')],
  ])('hides it in %s', (_, text) => {
    expect(redact(text)).toContain('(sensitive)');
    expect(redact(text)).not.toContain('hunter2');
  });

  it('hides what a sensitive object is made of, and each line of a key', () => {
    const redactObject = redactorOf(
      withVariable({ users: [{ name: 'root', pin: 48151 }], json: '{"deep":"inner-value"}' }),
    );
    expect(redactObject('pin 48151 of inner-value')).toBe('pin (sensitive) of (sensitive)');
    const redactKey = redactorOf(withVariable('-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----'));
    expect(redactKey('    MIIEvQIBADANBg')).toBe('    (sensitive)');
  });

  it('hides a short secret as a whole only', () => {
    const redactShort = redactorOf(withVariable('ab'));
    expect(redactShort('ab')).toBe('(sensitive)');
    expect(redactShort('absent')).toBe('absent');
  });

  it('hides what is marked sensitive where the mark is lost', () => {
    const change = { actions: ['update'], before: { pw: 'old-password' }, before_sensitive: { pw: true } };
    const marked = redactorOf(
      planWith({
        output_changes: { login: { ...change, after: { pw: 'new-password' }, after_sensitive: { pw: true } } },
      }),
    );
    expect(marked('old-password or new-password')).toBe('(sensitive) or (sensitive)');
  });

  it('hides sensitive variables of modules', () => {
    const redactModule = redactorOf(
      planWith({
        configuration: {
          root_module: {
            module_calls: {
              db: {
                expressions: { password: { constant_value: 'module-secret' } },
                module: { variables: { password: { sensitive: true } } },
              },
            },
          },
        },
      }),
    );
    expect(redactModule('module-secret')).toBe('(sensitive)');
  });

  it('hides a variable that only a module calls sensitive', () => {
    const inner = { variables: { key: { sensitive: true } } };
    const outer = {
      variables: { pw: {} },
      module_calls: { n: { expressions: { key: { references: ['var.pw'] } }, module: inner } },
    };
    const redactModule = redactorOf(
      planWith({
        variables: { password: { value: 'passed-down' }, other: { value: 'not-passed' } },
        configuration: {
          root_module: {
            variables: { password: {}, other: {} },
            module_calls: { m: { expressions: { pw: { references: ['var.password'] } }, module: outer } },
          },
        },
      }),
    );
    expect(redactModule('passed-down, not-passed')).toBe('(sensitive), not-passed');
  });

  it('leaves everything as it is where nothing is sensitive', () => {
    expect(redactorOf(planWith({}))('text')).toBe('text');
  });
});

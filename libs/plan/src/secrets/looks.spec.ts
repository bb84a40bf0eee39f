import { redactorOf } from '.';
import { isSecretName } from './names';

const redact = redactorOf();
const h = (count: number): string => 'a1B2c3D4e5F6g7H8'.repeat(8).slice(0, count);

describe('what looks secret is hidden whoever wrote it', () => {
  it.each([
    ['an access key', `AKIA${'ABCDEFGH'.repeat(2)}`],
    ['a temporary access key', `ASIA${'ABCDEFGH'.repeat(2)}`],
    ['a token of GitHub', `ghp_${h(36)}`],
    ['a fine-grained token of GitHub', `github_pat_${h(22)}_${h(59)}`],
    ['a token of a GitHub app', `gho_${h(36)}`],
    ['a token of Slack', `xoxb-123456789012-${h(24)}`],
    ['a token of GitLab', `glpat-${h(20)}`],
    ['a JSON web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${h(43)}`],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${h(64)}\n${h(64)}\n-----END RSA PRIVATE KEY-----`],
    ['a private key that is cut off', `-----BEGIN PRIVATE KEY-----\n${h(64)}`],
  ])('%s', (_, value) => {
    expect(redact(`a ${value}`)).toBe('a (sensitive)');
    expect(redact(JSON.stringify({ a: value }))).toBe('{"a":"(sensitive)"}');
    expect(redact(Buffer.from(`a ${value}`).toString('base64'))).toBe('(sensitive)');
  });

  it.each([
    ['postgresql://mlflow:zebra@db:5432/mlflow', 'postgresql://mlflow:(sensitive)@db:5432/mlflow'],
    ['export DB_PASSWORD=zebra', 'export DB_PASSWORD=(sensitive)'],
    ["AWS_SECRET_ACCESS_KEY='ze br'", "AWS_SECRET_ACCESS_KEY='(sensitive)'"],
    ['{"apiKey":"ze\\"bra","b":1}', '{"apiKey":"(sensitive)","b":1}'],
    ['auth:\n  password: zebra # x', 'auth:\n  password: (sensitive) # x'],
    [
      'env:\n- name: DB_PASSWORD\n  value: zebra\n- name: B\n  value: c',
      'env:\n- name: DB_PASSWORD\n  value: (sensitive)\n- name: B\n  value: c',
    ],
    [
      '[{"name":"X_TOKEN","value":"zebra"},{"name":"B","value":"c"}]',
      '[{"name":"X_TOKEN","value":"(sensitive)"},{"name":"B","value":"c"}]',
    ],
    ['mysql --password zebra --host db', 'mysql --password (sensitive) --host db'],
    ['Server=db;Password=zebra;Port=1', 'Server=db;Password=(sensitive);Port=1'],
    ['Authorization: Bearer abcdefgh.ijk', 'Authorization: (sensitive) (sensitive)'],
  ])('%s', (text, shown) => expect(redact(text)).toBe(shown));

  it.each([
    'DB_PASSWORD=$(aws ssm get-parameter)',
    'password: ${DB_PASSWORD}',
    '{"name":"DB_PASSWORD","valueFrom":"arn:aws:secretsmanager:eu-central-1:1:secret:prod/db"}',
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf',
    'secretsmanager:GetSecretValue',
    '"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"',
    'https://user@host/path:8080',
    'enable_token: true',
    'the password is kept',
  ])('not %s', (text) => expect(redact(text)).toBe(text));

  it.each([
    'DB_PASSWORD',
    'dbPassword',
    'auth.rootPassword',
    'MYSQL_PWD',
    'API_TOKEN',
    'clientSecret',
    'STRIPE_KEY',
    'apiKey',
    'PGPASSWORD',
    'FERNET_KEY',
    'SECRET_KEY_BASE',
  ])('%s is a name of a secret', (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    'kms_key_id',
    'KMS_KEY',
    'secret_arn',
    'SECRET_NAME',
    'hash_key',
    'key',
    'public_key',
    'TOKEN_URL',
    'password_length',
    'DB_PASSWORD_FILE',
    'password_encryption',
    'aws:TokenIssueTime',
    'bypass',
    'creation_token',
    'compass_mode',
  ])('%s is none', (name) => expect(isSecretName(name)).toBe(false));

  it('in time that grows with the length alone', () => {
    const began = process.cpuUsage();
    for (const part of ['eyJ', '-----BEGIN PRIVATE KEY', 'a_password', '://a:', 'password=', '\\"', 'ghp_', 'a.'])
      redact(part.repeat(40_000 / part.length));
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(3000);
  });
});

import { readEnvironments } from './index';
import { secretIn } from '@mlflow-on-aws/command-line';
import { dev, edit, problems } from './spec-helpers';

// Put together here, so that no scanner takes them for real ones.
const join = (...parts: readonly string[]) => parts.join('');
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const secrets: Readonly<Record<string, string>> = {
  'an AWS secret key': join('wJalrXUtnFEMI', '/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  'any 40 characters like it': 'abcdefghijklmnopqrstuvwxyz9876543210ABCD',
  'an AWS access key id': join('AKIA', 'IOSFODNN7EXAMPLE'),
  'a temporary AWS access key id': join('ASIA', 'IOSFODNN7EXAMPLE'),
  'an AWS session token': join('IQoJb3JpZ2luX2VjE', 'Jv//////////wEaCXVzLWVhc3QtMSJHMEUCIQD', letters, letters, '=='),
  'a personal GitHub token': join('ghp_', letters),
  'an OAuth GitHub token': join('gho_', letters),
  'a fine-grained GitHub token': join('github_pat_', '11ABCDEFG0', letters, '_', letters),
  'a GitLab token': join('glpat-', 'abcdefghij0123456789'),
  'a Slack bot token': join('xoxb-', '123456789012-123456789012-abcdefABCDEF'),
  'a Slack user token': join('xoxp-', '123456789012-abcdef'),
  'a JSON Web Token': join(
    'eyJhbGciOiJIUzI1NiJ9',
    '.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
    '.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  ),
  'a private key': join('-----BEGIN OPENSSH ', 'PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA'),
  'an address with a password': 'postgresql://mlflow:hunter2@db.example.com:5432/mlflow_db',
  'an address with a password alone': 'https://:hunter2@db.example.net',
  'a Google key': join('AIza', 'SyA1234567890abcdefghijklmnopqrstuv'),
  'a Stripe key': join('sk_live_', 'abcdefghijklmnop0123'),
  'an npm token': join('npm_', letters),
  'a Hugging Face token': join('hf_', 'abcdefghijklmnopqrstuvwxyzABCDEFGH'),
  'a header': join('Bearer ', 'abcdefghijklmnop0123'),
};
const names = Object.keys(secrets);

/** Every key of the schema that takes a text, and places that are none. */
const places = [
  ...['template', 'name', 'accountId', 'region', 'tags.Team', 'network', 'network.cidr', 'network.nat', 'server.port'],
  ...[
    'network.existing.vpcId',
    'access.trackingCidrs.0',
    'access.ssh.cidrs.0',
    'access.sshPublicKey',
    'access.authentication',
  ],
  ...[
    'server.instanceType',
    'server.wheelhouse',
    'server.housekeeping.at',
    'loadBalancer.domainName',
    'loadBalancer.hostedZoneId',
  ],
  ...[
    'loadBalancer.certificateArn',
    'loadBalancer.oidc.issuer',
    'loadBalancer.oidc.clientId',
    'database.identifier',
    'database.name',
  ],
  ...[
    'database.username',
    'database.engineVersion',
    'database.instanceClass',
    'database.backupWindow',
    'database.restoreFromSnapshot',
  ],
  ...[
    'artifacts.bucketPrefix',
    'observability.alarmEmail',
    'observability.monthlyBudgetUsd',
    'github.repository',
    'unknown',
    'unknown.inner',
  ],
];

function placed(place: string, secret: string): unknown {
  const path = place.replace(/\.0$/, '');
  return edit(dev, { [path]: path === place ? secret : [secret] });
}

describe.each(names)('%s', (name) => {
  const secret = secrets[name] as string;

  it.each(places)('in %s is told and never shown', (place) => {
    const found = problems(placed(place, secret));
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found) for (const part of parts(secret)) expect(problem).not.toContain(part);
  });

  it('as the name of a key is told and never shown', () => {
    for (const changes of [{ tags: { [secret]: 'x' } }, { [secret]: 7 }, { database: { [secret]: 'x' } }]) {
      const found = problems({ ...dev, ...changes });
      expect(found.length).toBeGreaterThan(0);
      for (const problem of found) for (const part of parts(secret)) expect(problem).not.toContain(part);
    }
  });

  it('in an error of the file itself is not shown', () => {
    const read = () => {
      throw new SyntaxError(`Expected "}" but found "${secret}"`);
    };
    const [problem = ''] = readEnvironments([{ path: 'apps/dev/environment.ts', read }]).wrong.flatMap(
      (file) => file.problems,
    );
    expect(problem).toContain('apps/dev/environment.ts: ');
    for (const part of parts(secret)) expect(problem).not.toContain(part);
  });
});

/** Pieces of a secret by which it would be known. */
function parts(secret: string): readonly string[] {
  return [secret, secret.slice(0, 12), secret.slice(-12), 'hunter2'];
}

describe('where any text is right, a secret is refused', () => {
  it.each(names)('%s in a tag', (name) => {
    const found = problems(edit(dev, { 'tags.Team': `x ${secrets[name]}` }));
    expect(found).toContainEqual(
      expect.stringMatching(
        /^tags\.Team: got (text of \d+ characters|a private key) \(not shown.*, want no secret: this looks like/,
      ),
    );
  });

  it('in the comment of a public key', () => {
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH`;
    expect(problems(edit(dev, { 'access.sshPublicKey': `${key} me@example.com` }))).toEqual([]);
    expect(problems(edit(dev, { 'access.sshPublicKey': `${key} ${secrets['a personal GitHub token']}` }))).toEqual([
      expect.stringContaining('access.sshPublicKey: got text of'),
    ]);
  });

  it.each([
    'password',
    'DB_PASSWORD',
    'dbPassword',
    'token',
    'api-key',
    'AWS_SECRET_ACCESS_KEY',
    'client.secret',
    'credentials',
  ])('anything in a tag named %s', (key) => {
    expect(problems({ ...dev, tags: { [key]: 'hunter2' } })).toEqual([
      expect.stringMatching(
        /got text of 7 characters \(not shown\), want no secret: this looks like the value of a tag that is named after/,
      ),
    ]);
  });
});

describe('what is no secret is taken', () => {
  it.each([
    { commit: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    { pipeline: 'TensorFlowTraining2024PipelineProductionEnvironment7' },
    { path: 'CostCenter/Research4/Team7/Project12/SubTask9' },
    { id: '9188040d-6c67-4c5b-b112-36a304b66dad' },
    { 'secret-rotation': 'monthly', monkey: 'x', 'cost-token': '7', password: 'none' },
  ])('%p', (tags) => {
    expect(problems({ ...dev, tags })).toEqual([]);
  });

  it.each([
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod-oidc-AbCdEf',
    'https://id.example.com/realms/MyTeam2/protocol/openid-connect/token1',
    'q1XzHn0Qm9yVgV7Q1V8b3mJ5cXn2Kd4e',
  ])('%s', (text) => {
    expect(secretIn(text)).toBeUndefined();
  });
});

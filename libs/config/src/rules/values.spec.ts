import { parseEnvironment, templates } from '../index';
import { accepts, dev, edit, file, prod, refuses, staging, type Case } from '../spec-helpers';

const world = { 'access.trackingCidrs': ['0.0.0.0/0'] };
const halves = { 'access.trackingCidrs': ['0.0.0.0/1', '128.0.0.0/1'] };

describe('MLflow without a password, open to the world', () => {
  const told = 'the ranges of the team, at most a /8 each';
  refuses(dev, [
    [
      world,
      [
        `access.trackingCidrs[0]: got "0.0.0.0/0", want ${told}, or access.authentication "basic-auth"`,
        'access.openToTheWorld "without-password"',
      ],
    ],
    [halves, 'access.trackingCidrs[0]: got "0.0.0.0/1"', 'access.trackingCidrs[1]: got "128.0.0.0/1"'],
    [{ 'access.trackingCidrs': ['64.0.0.0/2'] }, 'access.trackingCidrs[0]: got "64.0.0.0/2"'],
    [{ ...world, 'access.openToTheWorld': 'with-password' }, 'access.trackingCidrs[0]: got "0.0.0.0/0"'],
    [
      { ...world, 'access.openToTheWorld': true },
      'access.openToTheWorld: got true, want with-password or without-password',
    ],
    [
      { 'access.openToTheWorld': 'without-password' },
      'access.openToTheWorld: got "without-password", want no such key',
    ],
    [
      { 'access.trackingCidrs': ['::/0'] },
      ['access.trackingCidrs[0]: got "::/0", want an IPv4 range', 'nothing here has an IPv6 address'],
    ],
    ...['::1/128', 'fe80::/10', 'ff02::/16', '2001:db8::/32', 'fd00::/8', '::ffff:127.0.0.1/128'].map((cidr): Case => [
      { 'access.trackingCidrs': [cidr] },
      `access.trackingCidrs[0]: got "${cidr}", want an IPv4 range`,
    ]),
  ]);
  accepts(dev, [
    { ...world, 'access.openToTheWorld': 'without-password' },
    { ...world, 'access.authentication': 'basic-auth' },
    { ...world, 'access.authentication': 'basic-auth', 'access.openToTheWorld': 'with-password' },
  ]);
  for (const base of [prod, staging]) {
    refuses(base, [
      [world, [`access.trackingCidrs[0]: got "0.0.0.0/0", want ${told}`, 'access.openToTheWorld "with-password"']],
      [
        { ...world, 'access.authentication': 'none' },
        ['access.trackingCidrs[0]', 'access.openToTheWorld "without-password"'],
      ],
      [
        { ...world, 'access.authentication': 'none', 'access.openToTheWorld': 'with-password' },
        'access.trackingCidrs[0]',
      ],
      [
        { ...world, 'loadBalancer.scheme': 'internal', 'access.openToTheWorld': 'with-password' },
        'access.openToTheWorld: got "with-password", want no such key',
      ],
    ]);
    accepts(base, [
      { ...world, 'access.openToTheWorld': 'with-password' },
      { ...world, 'access.authentication': 'none', 'access.openToTheWorld': 'without-password' },
      // From inside, which is all that reaches it.
      { ...world, 'loadBalancer.scheme': 'internal' },
    ]);
  }
});

describe('SSH', () => {
  refuses(dev, [
    [
      { 'access.ssh.cidrs': ['203.0.113.0/24'] },
      'access.ssh.cidrs: got a list of 1, want access.sshPublicKey or access.ssh.instanceConnect beside it',
    ],
  ]);
  accepts(dev, [{ 'access.ssh.cidrs': ['203.0.113.0/24'], 'access.ssh.instanceConnect': true }]);
  refuses(prod, [
    [
      { 'access.ssh.instanceConnect': true },
      'access.ssh.instanceConnect: got true, want false beside a load balancer: it cannot reach servers in private subnets',
    ],
    [
      { 'access.ssh.cidrs': ['10.0.0.0/16'] },
      'access.ssh.cidrs: got a list of 1, want access.sshPublicKey beside it, or no ranges',
    ],
  ]);
});

describe('a domain name', () => {
  const nobodys = [
    'mlflow.local',
    'mlflow.internal',
    'mlflow.corp',
    'mlflow.test',
    'mlflow.invalid',
    'mlflow.lan',
    'co.uk',
    'x.home.arpa',
    'x.onion',
  ];
  refuses(prod, [
    ...nobodys.map((name): Case => [
      { 'loadBalancer.domainName': name },
      `loadBalancer.domainName: got "${name}", want a name in a domain that can be had on the internet`,
    ]),
    ...['x.on.aws', 'x.eu-central-1.elb.amazonaws.com', 'd1.cloudfront.net', 'x.awsapprunner.com'].map((name): Case => [
      { 'loadBalancer.domainName': name },
      `loadBalancer.domainName: got "${name}", want a name in a domain of your own`,
    ]),
  ]);
  accepts(prod, [
    { 'loadBalancer.domainName': 'mlflow.example.co.uk' },
    { 'loadBalancer.domainName': 'mlflow.xn--80ak6aa92e.com' },
    {
      'loadBalancer.domainName': 'mlflow.corp.internal',
      'loadBalancer.hostedZoneId': undefined,
      'loadBalancer.certificateArn': 'arn:aws:acm:eu-central-1:123456789012:certificate/1-2',
    },
  ]);
});

describe('an identity provider', () => {
  const oidc = {
    issuer: 'https://id.example.com/realms/team',
    authorizationEndpoint: 'https://id.example.com/authorize',
    tokenEndpoint: 'https://id.example.com/token',
    userInfoEndpoint: 'https://id.example.com/me',
    jwksEndpoint: 'https://id.example.com/keys',
    clientId: 'mlflow',
    clientSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod-oidc-AbCdEf',
    tokenClaim: { name: 'aud', format: 'single-string', values: ['mlflow'] },
  };
  const hosts = ['localhost', '127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]', 'id.corp', 'id.internal:8443'];
  refuses(
    edit(prod, { 'access.authentication': 'none' }) as object,
    hosts.map((host): Case => [
      { 'loadBalancer.oidc': { ...oidc, tokenEndpoint: `https://${host}/token`, issuer: `https://${host}` } },
      'loadBalancer.oidc.issuer: got "https://',
      'loadBalancer.oidc.tokenEndpoint: got text of',
    ]),
  );
  refuses(edit(prod, { 'access.authentication': 'none' }) as object, [
    [
      { 'loadBalancer.oidc': { ...oidc, issuer: 'https://me@id.example.com' } },
      'loadBalancer.oidc.issuer: got "https://me@id',
    ],
  ]);
});

describe('an e-mail address', () => {
  const wrong = [
    ...[
      'a..b@x..com',
      '.a@example.com',
      'a.@example.com',
      'a@.example.com',
      'a@example',
      'a@example..com',
      'a@-example.com',
      'a b@example.com',
    ],
    ...[
      'a@b@example.com',
      '@example.com',
      'a@',
      'a@example.c',
      `${'a'.repeat(65)}@example.com`,
      "o'neil@example.com",
      'ä@example.com',
    ],
  ];
  refuses(dev, [
    ...wrong.map((address): Case => [
      { 'observability.alarmEmail': address },
      `observability.alarmEmail: got ${JSON.stringify(address)}, want an e-mail`,
    ]),
    ...['a@corp.local', 'a@host.internal', 'a@co.uk'].map((address): Case => [
      { 'observability.alarmEmail': address },
      `observability.alarmEmail: got "${address}", want an e-mail address in a domain that can be had on the internet`,
    ]),
  ]);
  accepts(
    dev,
    ['me@example.com', 'first.last+tag@sub.example.co.uk', 'a@xn--80ak6aa92e.com'].map((alarmEmail) => ({
      'observability.alarmEmail': alarmEmail,
    })),
  );
});

describe('a budget', () => {
  const email = { 'observability.alarmEmail': 'me@example.com' };
  const key = 'observability.monthlyBudgetUsd';
  refuses(dev, [
    ...[0.001, 0, 0.009, -5, 1_000_001, Infinity, NaN, '20', null].map((amount): Case => [
      { ...email, [key]: amount },
      `${key}: got ${typeof amount === 'string' ? '"20"' : amount}, want US dollars per month, from 0.01 to 1000000`,
    ]),
    ...[0.011, 9.999, 19.995].map((amount): Case => [
      { ...email, [key]: amount },
      `${key}: got ${amount}, want whole cents`,
    ]),
  ]);
  accepts(
    dev,
    [0.01, 0.29, 1.1, 19.99, 1_000_000].map((amount) => ({ ...email, [key]: amount })),
  );
});

describe('tags', () => {
  refuses(dev, [
    ...['rds:team', 'RDS:team', 'aws:team', 'AWS:team'].map((key): Case => [
      { tags: { [key]: 'x' } },
      [`tags.${key}: got "x", want a tag name`, '"rds:"'],
    ]),
    ...[{ ' team': 'x' }, { 'team ': 'x' }, { team: ' x' }, { team: 'x ' }].map((tags): Case => [
      { tags },
      'want name and value without spaces around them',
    ]),
    [{ tags: { team: 'a\nb' } }, 'want a tag value'],
    [{ tags: { 'te\tam': 'x' } }, 'want a tag name'],
    [{ tags: { environment: 'x' } }, 'want another tag name: Environment is there already'],
  ]);
  accepts(dev, [{ tags: { 'rds-team': 'x', awsome: 'y', 'cost:center': 'z' } }]);
});

describe('staging', () => {
  it('is production, but small and destroyable', () => {
    const environment = parseEnvironment(staging, file);
    expect(environment).toEqual({
      ...templates.staging,
      ...staging,
      loadBalancer: { ...templates.production.loadBalancer, ...staging.loadBalancer },
    });
    expect(environment.server.minCount).toBe(1);
    expect(environment.database).toMatchObject({ multiAz: false, deletionProtection: false, finalSnapshot: false });
    expect(environment.artifacts.forceDestroy).toBe(true);
  });
  accepts(staging, [
    { 'server.minCount': 1, 'server.maxCount': 1 },
    { 'database.multiAz': true, 'database.backupRetentionDays': 0, 'database.deletionProtection': true },
  ]);
  refuses(staging, [
    [{ 'network.nat': 'none' }, 'network.nat: got "none", want single, per-az or endpoints on the staging template'],
    [
      { loadBalancer: undefined },
      'loadBalancer.domainName: got nothing, want a domain name',
      'loadBalancer.hostedZoneId: got nothing, want a Route 53 hosted zone id',
    ],
    [{ template: 'stage' }, 'template: got "stage", want free-tier or production or staging'],
  ]);
  // What was looked for in production is refused there, with the template that takes it.
  refuses(prod, [
    [
      { 'database.multiAz': false, 'database.backupRetentionDays': 3 },
      ['database.multiAz: got false, want true on the production template', 'the staging template'],
      ['database.backupRetentionDays: got 3, want at least 7 on the production template', 'the staging template'],
    ],
  ]);
});

describe('places elsewhere', () => {
  refuses(dev, [
    ...['owner/name.git', 'owner/..', '-owner/name', 'owner-/name', 'https://github.com/owner/name', 'owner'].map(
      (name): Case => [
        { 'github.repository': name },
        `github.repository: got "${name}", want a GitHub repository as owner/name`,
      ],
    ),
    ...[
      's3://wheels',
      's3://10.0.0.1/x',
      's3://we..els/x',
      's3://wheels-/x',
      's3://wh/x',
      's3://wheels/../x',
      's3://wheels/',
    ].map((folder): Case => [
      { 'server.wheelhouse': folder },
      `server.wheelhouse: got "${folder}", want a folder in S3`,
    ]),
  ]);
  accepts(dev, [
    { 'github.repository': 'my-org/mlflow.on_aws' },
    { 'server.wheelhouse': 's3://example.wheels-2/team/mlflow-3.17' },
  ]);
});

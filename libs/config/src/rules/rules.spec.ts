import { accepts, dev, prod, refuses, type Case } from '../spec-helpers';

const existing = {
  vpcId: 'vpc-0123456789abcdef0',
  publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
};
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
const ranges = (count: number) => Array.from({ length: count }, (_, index) => `198.51.${index}.0/24`);

describe('names and tags', () => {
  refuses(dev, [
    [{ name: 'Dev' }, 'name: got "Dev", want lower-case letters'],
    [{ name: '1dev' }, 'name: got "1dev"'],
    [{ name: 'dev-' }, 'name: got "dev-"'],
    [{ name: 'de--v' }, 'name: got "de--v"'],
    [{ name: 'thirteen-long' }, 'name: got "thirteen-long"'],
    [{ name: '' }, 'name: got ""'],
    [{ name: 'bootstrap' }, 'name: got "bootstrap", want another name'],
    [{ accountId: '12345' }, 'accountId: got "12345", want an AWS account id'],
    [{ region: 'us-gov-west-1' }, 'region: got "us-gov-west-1", want a commercial AWS region'],
    [{ 'artifacts.bucketPrefix': 'MLflow' }, 'artifacts.bucketPrefix: got "MLflow", want lower-case'],
    [{ 'artifacts.bucketPrefix': 'mlflow_artifacts' }, '"Bucket naming rules"'],
    [{ 'artifacts.bucketPrefix': 'xn--mlflow' }, '"Bucket naming rules"'],
    [{ 'artifacts.bucketPrefix': 'sthree-mlflow' }, '"Bucket naming rules"'],
    [{ 'artifacts.bucketPrefix': 'a'.repeat(33) }, 'want at most 32 characters'],
    [{ 'artifacts.bucketPrefix': 'a'.repeat(24), name: 'a'.repeat(12) }, 'want at most 23 characters'],
    [{ 'tags.aws:team': 'ml' }, 'tags.aws:team: got "ml", want a tag name'],
    [{ tags: { 'a|b': 'ml' } }, 'tags."a|b": got "ml", want a tag name'],
    [{ tags: { '': 'ml' } }, 'tags."": got "ml", want a tag name'],
    [{ tags: { ['k'.repeat(129)]: 'ml' } }, 'want a tag name of at most 128'],
    [{ 'tags.Team': 'm|l' }, 'tags.Team: got "m|l", want a tag value'],
    [{ 'tags.Team': 'v'.repeat(257) }, 'want a tag value of at most 256'],
    [
      { tags: Object.fromEntries('abcdefgh'.split('').map((key) => [key, 'x'])) },
      'tags: got an object, want at most 7',
    ],
    [{ tags: { Team: 'ml', team: 'ml' } }, 'tags.team: got "ml", want another tag name: Team is there already'],
    [{ 'tags.project': 'x' }, 'tags.project: got "x", want another tag name: Project is there already'],
    [{ tags: { 'cost.center': 'a|b' } }, 'tags.cost.center: got "a|b", want a tag value'],
  ]);
  accepts(dev, [
    { name: 'a' },
    { name: 'ml-team-2' },
    { region: 'ap-southeast-6' },
    { 'artifacts.bucketPrefix': '0-team' },
    { 'artifacts.bucketPrefix': 'a'.repeat(32) },
    { tags: { 'cost center': 'ml/42', Größe: 'S', empty: '' } },
  ]);
});

describe('the network', () => {
  refuses(dev, [
    [{ 'network.cidr': '10.20.0.0' }, 'network.cidr: got "10.20.0.0", want an IPv4 range such as'],
    [{ 'network.cidr': 'fd00::/56' }, 'network.cidr: got "fd00::/56", want an IPv4 range such as'],
    [{ 'network.cidr': '10.20.0.0/33' }, 'want a valid IPv4 range'],
    [{ 'network.cidr': '10.20.300.0/16' }, 'want a valid IPv4 range'],
    [{ 'network.cidr': '10.20.0.1/16' }, 'want 10.20.0.0/16, the first address of the range'],
    [{ 'network.cidr': '10.0.0.0/8' }, 'want a prefix from /16 to /23, or up to /28 with'],
    [{ 'network.cidr': '10.20.0.0/24' }, 'want a prefix from /16 to /23, or up to /28 with'],
    [{ 'network.cidr': '8.8.0.0/16' }, 'want a private range inside 10.0.0.0/8'],
    [{ 'network.cidr': '172.32.0.0/16' }, '(RFC 1918)'],
    [{ 'network.availabilityZoneCount': 1 }, 'network.availabilityZoneCount: got 1, want a whole number from 2 to 3'],
    [{ 'network.availabilityZoneCount': 4 }, 'want a whole number from 2 to 3'],
    [
      { 'network.publicSubnetCidrs': ['10.20.1.0/24'] },
      'network.publicSubnetCidrs: got a list of 1, want one range per Availability Zone: 2',
    ],
    [
      { 'network.publicSubnetCidrs': ['10.20.0.0/24', '10.99.0.0/24'] },
      'network.publicSubnetCidrs[1]: got "10.99.0.0/24", want a range inside the VPC, 10.20.0.0/16',
    ],
    [
      { 'network.publicSubnetCidrs': ['10.20.0.0/24', '10.20.128.0/24'] },
      'network.publicSubnetCidrs[1]: got "10.20.128.0/24", want a range that does not overlap the planned private subnet, 10.20.128.0/21',
    ],
    [
      {
        'network.publicSubnetCidrs': ['10.20.0.0/24', '10.20.1.0/24'],
        'network.privateSubnetCidrs': ['10.20.0.128/25', '10.20.9.0/29'],
      },
      'network.privateSubnetCidrs[0]: got "10.20.0.128/25", want a range that does not overlap network.publicSubnetCidrs[0], 10.20.0.0/24',
      'network.privateSubnetCidrs[1]: got "10.20.9.0/29", want a prefix of /28 or shorter',
    ],
    [
      { 'network.existing': { vpcId: 'vpc', publicSubnetIds: [], privateSubnetIds: ['subnet-1'] } },
      'network.existing.vpcId: got "vpc", want a VPC id',
      'network.existing.privateSubnetIds[0]: got "subnet-1", want a subnet id',
    ],
    [
      {
        'network.existing': {
          vpcId: 'vpc-12345678',
          publicSubnetIds: ['subnet-12345678'],
          privateSubnetIds: ['subnet-12345678', 'subnet-12345678'],
        },
        'network.publicSubnetCidrs': ['10.20.0.0/24', '10.20.1.0/24'],
        'network.privateSubnetCidrs': ['10.20.2.0/24', '10.20.3.0/24'],
      },
      'network.existing.publicSubnetIds: got a list of 1, want two or more different subnets',
      'network.existing.privateSubnetIds: got a list of 2, want two or more different subnets',
      'network.publicSubnetCidrs: got a list of 2, want no such key beside network.existing',
      'network.privateSubnetCidrs: got a list of 2, want no such key beside network.existing',
    ],
    [
      { 'network.existing': existing, 'network.cidr': '10.99.0.0/16' },
      'network.cidr: got "10.99.0.0/16", want no such key beside network.existing',
    ],
  ]);
  refuses(prod, [
    [
      { 'network.existing': existing, 'network.nat': 'per-az', 'network.flowLogs': false },
      'network.nat: got "per-az", want no such key beside network.existing',
      'network.flowLogs: got false, want no such key beside network.existing',
    ],
    [{ 'network.cidr': '10.30.0.0/23' }, 'network.cidr: got "10.30.0.0/23", want a prefix of /22 or shorter'],
    [
      { 'network.publicSubnetCidrs': ['10.30.0.0/28', '10.30.1.0/27'] },
      'network.publicSubnetCidrs[0]: got "10.30.0.0/28", want a prefix of /27 or shorter for a load balancer',
    ],
  ]);
  accepts(dev, [
    { 'network.cidr': '10.20.0.0/23' },
    { 'network.cidr': '172.31.0.0/16', 'network.availabilityZoneCount': 3 },
    {
      'network.cidr': '192.168.7.0/26',
      'network.publicSubnetCidrs': ['192.168.7.0/28', '192.168.7.16/28'],
      'network.privateSubnetCidrs': ['192.168.7.32/28', '192.168.7.48/28'],
    },
    { 'network.existing': existing },
  ]);
  accepts(prod, [{ 'network.existing': existing, 'network.nat': 'single' }]);
});

describe('access', () => {
  refuses(dev, [
    [
      { 'access.trackingCidrs': ['203.0.113.7'] },
      'access.trackingCidrs[0]: got "203.0.113.7", want an IPv4 range such as',
    ],
    [{ 'access.trackingCidrs': ['::/0'] }, 'access.trackingCidrs[0]: got "::/0", want an IPv4 range such as'],
    [{ 'access.trackingCidrs': ['203.0.113.9/24'] }, 'want 203.0.113.0/24, the first address of the range'],
    [
      { 'access.trackingCidrs': ['203.0.113.0/24', '203.0.113.0/24'] },
      'access.trackingCidrs[1]: got "203.0.113.0/24", want every range once',
    ],
    [
      { 'access.ssh.cidrs': ['0.0.0.0/0'], 'access.ssh.instanceConnect': true },
      'access.ssh.cidrs[0]: got "0.0.0.0/0", want the ranges of those who log in',
    ],
    [
      { 'access.ssh.cidrs': ['0.0.0.0/1', '128.0.0.0/1'], 'access.ssh.instanceConnect': true },
      'access.ssh.cidrs[0]: got "0.0.0.0/1", want the ranges of those who log in',
      'access.ssh.cidrs[1]: got "128.0.0.0/1", want the ranges of those who log in',
    ],
    [{ 'access.trackingCidrs': ranges(61) }, 'access.trackingCidrs: got a list of 61, want at most 60 ranges'],
    [{ 'access.trackingCidrs': ranges(51), 'access.ssh.instanceConnect': true }, 'want at most 50 ranges'],
  ]);
  refuses(prod, [
    [
      { 'access.trackingCidrs': ['0.0.0.0/0'] },
      'access.trackingCidrs[0]: got "0.0.0.0/0", want the ranges of the team',
    ],
    [
      { 'access.trackingCidrs': ['64.0.0.0/2'] },
      'access.trackingCidrs[0]: got "64.0.0.0/2", want the ranges of the team',
    ],
    [{ 'access.ssh.cidrs': ['0.0.0.0/0'] }, 'access.ssh.cidrs[0]', 'access.ssh.cidrs: got a list of 1'],
  ]);
  accepts(dev, [
    { 'access.trackingCidrs': ['203.0.113.7/32', '203.0.113.64/26'], 'access.ssh.instanceConnect': true },
    { 'access.trackingCidrs': ranges(60) },
    { 'access.authentication': 'basic-auth' },
  ]);
});

describe('the server', () => {
  refuses(dev, [
    [{ 'server.instanceType': 'big' }, 'server.instanceType: got "big", want an EC2 instance type such as t3.micro'],
    [{ 'server.instanceType': 'm5.large' }, 'want t3.micro, t2.micro, t3.small, t4g.micro, t4g.small on the free-tier'],
    [{ 'server.minCount': 0 }, 'server.minCount: got 0, want a whole number from 1 to 20'],
    [{ 'server.maxCount': 2 }, 'server.maxCount: got 2, want 1 on the free-tier template: a second server is billed'],
    [{ 'server.rootVolumeGiB': 4 }, 'server.rootVolumeGiB: got 4, want a whole number from 8'],
    [{ 'server.rootVolumeGiB': 31 }, 'want at most 30 on the free-tier template'],
    [{ 'server.port': 80 }, 'server.port: got 80, want a whole number from 1024 to 65535'],
    [{ 'server.wheelhouse': 's3://wheels' }, 'server.wheelhouse: got "s3://wheels", want a folder in S3 such as'],
    [{ 'server.artifactServing': 'both' }, 'want proxied or presigned or direct'],
    [{ 'server.sizing.maxOverflow': 0 }, 'server.sizing.maxOverflow: got 0, want a whole number from 1'],
    [
      { 'server.sizing.threads': 4 },
      'server.sizing.threads: got 4, want a key of the schema: workers, poolSize, maxOverflow',
    ],
    [{ 'server.prometheus': { cidrs: [] } }, 'server.prometheus.cidrs: got a list of 0, want at least one range'],
    [{ 'server.prometheus': { cidrs: ['0.0.0.0/0'] } }, 'server.prometheus.cidrs[0]: got "0.0.0.0/0", want a private'],
    [{ 'server.prometheus': { cidrs: ['10.20.0.1/16'] } }, 'want 10.20.0.0/16, the first address of the range'],
    [
      { 'server.prometheus': { cidrs: ['10.20.0.0/16'], port: 5000 } },
      'server.prometheus.port: got 5000, want another port than server.port',
    ],
    [
      { 'server.prometheus': { cidrs: ['10.20.0.0/16'] }, 'access.trackingCidrs': ranges(60) },
      'access.trackingCidrs: got a list of 60, want at most 59 ranges',
    ],
    [{ 'server.housekeeping': {} }, 'server.housekeeping: got an object, want purgeDeletedAfterDays or'],
    [{ 'server.housekeeping': { at: '03:00' } }, 'server.housekeeping: got an object, want purgeDeletedAfterDays or'],
    [
      { 'server.housekeeping': { purgeDeletedAfterDays: 0, at: '24:00' } },
      'server.housekeeping.purgeDeletedAfterDays: got 0, want a whole number from 1 to 3650 (days)',
      'server.housekeeping.at: got "24:00", want a time in UTC such as 02:30',
    ],
    [{ loadBalancer: prod.loadBalancer }, 'loadBalancer: got an object, want no such key on the free-tier template'],
  ]);
  refuses(prod, [
    [
      { 'network.nat': 'endpoints' },
      'server.wheelhouse: got nothing, want a folder in S3 with the Python packages of the server',
    ],
    [{ 'server.minCount': 3, 'server.maxCount': 2 }, 'server.maxCount: got 2, want at least 3, server.minCount'],
    [
      { loadBalancer: undefined },
      'loadBalancer.domainName: got nothing, want a domain name',
      'loadBalancer.hostedZoneId: got nothing, want a Route 53 hosted zone id to make a certificate in',
    ],
    [{ 'loadBalancer.domainName': 'mlflow' }, 'loadBalancer.domainName: got "mlflow", want a domain name'],
    [{ 'loadBalancer.domainName': 'https://mlflow.example.com' }, 'want a domain name in lower case'],
    [{ 'loadBalancer.domainName': '*.example.com' }, 'want a domain name in lower case'],
    [{ 'loadBalancer.domainName': '10.0.0.1' }, 'want a domain name in lower case'],
    [{ 'loadBalancer.domainName': 'x.elb.amazonaws.com' }, 'want a name in a domain of your own'],
    [{ 'loadBalancer.domainName': `${'a'.repeat(60)}.example.com` }, 'want at most 64 characters'],
    [
      { 'loadBalancer.hostedZoneId': undefined },
      'loadBalancer.hostedZoneId: got nothing, want a Route 53 hosted zone id',
    ],
    [{ 'loadBalancer.hostedZoneId': 'example.com' }, 'loadBalancer.hostedZoneId: got "example.com", want a Route 53'],
    [
      { 'loadBalancer.certificateArn': 'arn:aws:acm:eu-central-1:123456789012:certificate/1-2' },
      'loadBalancer.certificateArn: got "arn:aws:acm:eu-central-1:123456789012:certificate/1-2", want no such key beside',
    ],
    [
      {
        'loadBalancer.hostedZoneId': undefined,
        'loadBalancer.certificateArn': 'arn:aws:acm:us-east-1:123456789012:certificate/1-2',
      },
      'want a certificate of region eu-central-1 and account 123456789012',
    ],
    [
      {
        'loadBalancer.hostedZoneId': undefined,
        'loadBalancer.certificateArn': 'arn:aws:acm:eu-central-1:999999999999:certificate/1-2',
      },
      'want a certificate of region eu-central-1 and account 123456789012',
    ],
    [
      { 'loadBalancer.idleTimeoutSeconds': 60 },
      'loadBalancer.idleTimeoutSeconds: got 60, want a whole number from 121',
    ],
    [{ 'loadBalancer.oidc': oidc }, 'access.authentication: got "basic-auth", want none beside loadBalancer.oidc'],
    ...[
      { issuer: 'http://id.example.com' },
      { tokenEndpoint: 'id.example.com/token' },
      { clientSecretArn: 'prod-oidc' },
      { tokenClaim: { ...oidc.tokenClaim, name: 'iss' } },
      { tokenClaim: { ...oidc.tokenClaim, values: [] } },
    ].map((wrong): Case => [
      { 'access.authentication': 'none', 'loadBalancer.oidc': { ...oidc, ...wrong } },
      `loadBalancer.oidc.${Object.keys(wrong)[0]}`,
    ]),
    ...[
      'eu-central-1:123456789012:secret:other',
      'us-east-1:123456789012:secret:prod-oidc',
      'eu-central-1:210987654321:secret:prod-oidc',
    ].map((place): Case => [
      {
        'access.authentication': 'none',
        'loadBalancer.oidc': { ...oidc, clientSecretArn: `arn:aws:secretsmanager:${place}` },
      },
      'want a secret of region eu-central-1 and account 123456789012 whose name begins with "prod-" or "prod/"',
    ]),
    [{ name: 'internal-ml' }, 'name: got "internal-ml", want a name that does not begin with "internal-"'],
  ]);
  accepts(dev, [
    { 'server.instanceType': 't2.micro' },
    { 'server.sizing': { workers: 1, poolSize: 5 } },
    { 'server.housekeeping': { archiveTracesAfterDays: 30 } },
    { 'server.prometheus': { cidrs: ['10.20.0.0/16', '192.168.7.0/24'], port: 9100 } },
    { name: 'internal' },
  ]);
  accepts(prod, [
    { 'network.nat': 'endpoints', 'server.wheelhouse': 's3://example-wheels/team/mlflow-3.17' },
    { 'access.authentication': 'none', 'loadBalancer.oidc': oidc },
    { 'server.instanceType': 'm7g.large', 'server.minCount': 1, 'server.maxCount': 1 },
    {
      'loadBalancer.hostedZoneId': undefined,
      'loadBalancer.certificateArn': 'arn:aws:acm:eu-central-1:123456789012:certificate/1-2',
      'loadBalancer.domainName': `${'a'.repeat(60)}.example.com`,
      'loadBalancer.waf': true,
    },
  ]);
});

describe('the database', () => {
  refuses(dev, [
    [{ 'database.identifier': 'mlflow--db' }, 'database.identifier: got "mlflow--db", want lower-case'],
    [{ 'database.identifier': 'mlflow-db-' }, 'database.identifier: got "mlflow-db-", want lower-case'],
    [{ 'database.identifier': 'mlflow_db' }, 'database.identifier: got "mlflow_db", want lower-case'],
    [{ 'database.identifier': 'a'.repeat(60) }, 'want at most 59 characters, 63 with'],
    [
      { 'database.name': 'mlflow-db' },
      'database.name: got "mlflow-db", want lower-case letters, digits and underscores',
    ],
    [{ 'database.name': '_mlflow' }, 'database.name: got "_mlflow", want'],
    [{ 'database.name': 'postgres' }, 'database.name: got "postgres", want another name'],
    [{ 'database.name': 'template1' }, 'want a name that PostgreSQL and RDS do not reserve, such as mlflow_db'],
    [{ 'database.username': 'rdsadmin' }, 'want a name that PostgreSQL and RDS do not reserve, such as mlflow'],
    [{ 'database.username': 'admin' }, 'do not reserve'],
    [{ 'database.username': 'user' }, 'do not reserve'],
    [{ 'database.username': 'pg_mlflow' }, 'do not reserve'],
    [{ 'database.username': 'Mlflow' }, 'database.username: got "Mlflow", want lower-case'],
    [{ 'database.port': 80 }, 'database.port: got 80, want a whole number from 1150 to 65535'],
    [{ 'database.engineVersion': '13.4' }, 'want a version under standard support: 14 (until 2027-02-28), 15'],
    [{ 'database.engineVersion': 'latest' }, 'want a PostgreSQL version in quotes'],
    [{ 'database.engineVersion': 17 }, 'database.engineVersion: got 17, want a PostgreSQL version in quotes'],
    [{ 'database.instanceClass': 't3.micro' }, 'want an RDS instance class such as db.t4g.micro'],
    [{ 'database.instanceClass': 'db.t4g.small' }, 'want db.t4g.micro or db.t3.micro on the free-tier template'],
    [{ 'database.allocatedStorageGiB': 10 }, 'database.allocatedStorageGiB: got 10, want a whole number from 20'],
    [{ 'database.allocatedStorageGiB': 21 }, 'want at most 20 on the free-tier template'],
    [
      { 'database.maxAllocatedStorageGiB': 100 },
      'database.maxAllocatedStorageGiB: got 100, want no such key on the free-tier',
    ],
    [{ 'database.storageType': 'gp3' }, 'database.storageType: got "gp3", want gp2 on the free-tier template'],
    [{ 'database.storageType': 'io1' }, 'database.storageType: got "io1", want gp2 or gp3'],
    [{ 'database.backupRetentionDays': 2 }, 'want at most 1 on the free-tier template'],
    [{ 'database.multiAz': true }, 'database.multiAz: got true, want false on the free-tier template'],
    [
      { 'database.authentication': 'iam' },
      'database.authentication: got "iam", want password, or a database.instanceClass of 2 GiB or more',
    ],
    [{ 'database.authentication': 'token' }, 'database.authentication: got "token", want password or iam'],
    [
      { 'database.readReplica': true },
      'database.readReplica: got true, want false, or database.password as secrets-manager',
      'database.readReplica: got true, want false on the free-tier template',
    ],
    [
      { 'database.passwordRotationDays': 30 },
      'database.passwordRotationDays: got 30, want no such key, or database.password as secrets-manager',
    ],
    [
      { 'database.passwordRotationDays': 0, 'database.password': 'secrets-manager' },
      'database.passwordRotationDays: got 0, want a whole number from 1 to 1000 (days)',
    ],
    [{ 'database.enhancedMonitoringSeconds': 20 }, 'want one of 0, 1, 5, 10, 15, 30, 60 (seconds)'],
    [{ 'database.logExports': ['postgres'] }, 'database.logExports[0]: got "postgres", want postgresql or upgrade'],
    [{ 'database.logExports': ['upgrade', 'upgrade'] }, 'database.logExports: got a list of 2, want every log once'],
    [{ 'database.backupWindow': '25:00-26:00' }, 'want a daily window in UTC such as 01:00-02:00'],
    [{ 'database.backupWindow': '01:00-01:29' }, 'database.backupWindow: got "01:00-01:29", want at least 30 minutes'],
    [{ 'database.maintenanceWindow': 'sunday' }, 'want a weekly window in UTC such as sun:03:00-sun:04:00'],
    [{ 'database.maintenanceWindow': 'sun:23:50-mon:00:10' }, 'want at least 30 minutes and less than a day'],
    [{ 'database.maintenanceWindow': 'sun:03:00-mon:03:00' }, 'want at least 30 minutes and less than a day'],
    [{ 'database.restoreFromSnapshot': 'my--snapshot' }, 'want the identifier or ARN of an RDS snapshot'],
    [
      { 'database.restoreFromSnapshot': 'arn:aws:rds:us-east-1:123456789012:snapshot:before' },
      'want a snapshot of region eu-central-1: copy it there first',
    ],
  ]);
  refuses(prod, [
    [{ 'database.maxAllocatedStorageGiB': 54 }, 'database.maxAllocatedStorageGiB: got 54, want at least 55'],
    [{ 'database.maintenanceWindow': 'sun:01:30-sun:02:30' }, 'want a time outside database.backupWindow, 01:00-02:00'],
    [{ 'database.maintenanceWindow': 'sun:00:30-sun:04:00' }, 'want a time outside database.backupWindow'],
    [{ 'database.maintenanceWindow': 'sun:23:00-mon:01:30' }, 'want a time outside database.backupWindow'],
    [
      { 'database.readReplica': true, 'database.backupRetentionDays': 0, 'database.password': 'secrets-manager' },
      'database.backupRetentionDays: got 0, want at least 1 with database.readReplica',
      'database.backupRetentionDays: got 0, want at least 7 on the production template',
    ],
    [
      { 'database.authentication': 'iam', 'database.username': 'a'.repeat(58) },
      'want at most 57 characters with database.authentication iam',
    ],
    [
      { 'database.authentication': 'iam', 'database.username': 'rds' },
      'database.username: got "rds", want another name with database.authentication iam: rds_iam is a role of RDS',
    ],
  ]);
  refuses(prod, [
    [
      { 'database.readReplica': true, 'database.password': 'secrets-manager', 'database.identifier': 'a'.repeat(51) },
      "want at most 50 characters, 63 with the environment's name before it and -replica behind",
    ],
  ]);
  accepts(dev, [
    { 'database.password': 'secrets-manager', 'database.passwordRotationDays': 7 },
    { 'database.username': 'postgres' },
    { 'database.engineVersion': '17.10' },
    { 'database.engineVersion': '18', 'database.instanceClass': 'db.t3.micro', region: 'ca-west-1' },
    { 'database.backupRetentionDays': 0, 'database.performanceInsights': true },
    { 'database.backupWindow': '23:45-00:15', 'database.maintenanceWindow': 'mon:00:15-mon:00:45' },
    { 'database.restoreFromSnapshot': 'rds:dev-mlflow-backend-db-2026-11-24-01-05' },
    { 'database.restoreFromSnapshot': 'arn:aws:rds:eu-central-1:123456789012:snapshot:before-upgrade' },
    { 'database.identifier': 'a'.repeat(59) },
  ]);
  accepts(prod, [
    { 'database.readReplica': true, 'database.password': 'secrets-manager' },
    { 'database.authentication': 'iam', 'database.username': 'a'.repeat(57) },
    { 'database.maxAllocatedStorageGiB': 55, 'database.instanceClass': 'db.m7g.large' },
    { 'database.maintenanceWindow': 'sun:02:00-sun:03:00' },
  ]);
});

describe('artifacts and observability', () => {
  refuses(dev, [
    [{ 'artifacts.encryption': 'kms' }, 'artifacts.encryption: got "kms", want s3 on the free-tier template'],
    [{ 'artifacts.noncurrentVersionDays': 0 }, 'want a whole number from 1 to 3650 (days)'],
    [{ 'observability.alarmEmail': 'team' }, 'observability.alarmEmail: got "team", want an e-mail address'],
    [
      { 'observability.monthlyBudgetUsd': 0 },
      'observability.monthlyBudgetUsd: got 0, want US dollars per month, from 0.01',
    ],
    [{ 'observability.monthlyBudgetUsd': 20 }, 'observability.monthlyBudgetUsd: got 20, want observability.alarmEmail'],
    [{ 'observability.monthlyBudgetUsd': '20' }, 'observability.monthlyBudgetUsd: got "20", want US dollars'],
    [
      { 'observability.logRetentionDays': 10 },
      'observability.logRetentionDays: got 10, want one of 1, 3, 5, 7, 14, 30',
    ],
    [{ 'observability.serverLogs': 'syslog' }, 'observability.serverLogs: got "syslog", want journal or cloudwatch'],
    [{ 'network.flowLogs': true }, 'network.flowLogs: got true, want false on the free-tier template'],
    [{ 'network.nat': 'single' }, 'network.nat: got "single", want none on the free-tier template'],
  ]);
  accepts(dev, [
    { 'observability.alarmEmail': 'ml+aws@example.co.uk', 'observability.monthlyBudgetUsd': 0.5 },
    { 'observability.serverLogs': 'cloudwatch' },
  ]);
});

describe('production', () => {
  refuses(prod, [
    [{ 'network.nat': 'none' }, 'network.nat: got "none", want single, per-az or endpoints on the production template'],
    [{ 'database.multiAz': false }, 'database.multiAz: got false, want true on the production template'],
    [{ 'database.backupRetentionDays': 6 }, 'want at least 7 on the production template'],
    [{ 'database.backupRetentionDays': 36 }, 'want a whole number from 0 to 35 (days)'],
    [{ 'database.deletionProtection': false }, 'database.deletionProtection: got false, want true'],
    [{ 'database.finalSnapshot': false }, 'database.finalSnapshot: got false, want true'],
    [{ 'artifacts.forceDestroy': true }, 'artifacts.forceDestroy: got true, want false'],
    [
      { 'database.multiAz': false, 'artifacts.forceDestroy': true, 'access.ssh.cidrs': ['0.0.0.0/0'] },
      'access.ssh.cidrs[0]',
      'access.ssh.cidrs: got a list of 1, want access.sshPublicKey',
      'database.multiAz',
      'artifacts.forceDestroy',
    ],
  ]);
});

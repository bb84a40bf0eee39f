import { EnvironmentError, parseEnvironment, subnetCidrs, templates, type EnvironmentInput } from './index';

const file = 'apps/dev/environment.ts';
const dev = { template: 'free-tier', name: 'dev', accountId: '123456789012', region: 'eu-central-1' } as const;
const prod = { ...dev, template: 'production', name: 'prod' } as const;

function problems(input: unknown): readonly string[] {
  try {
    parseEnvironment(input, file);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

/** Overrides one key, named by its path. */
function set(base: EnvironmentInput, path: string, value: unknown): unknown {
  const override = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return { ...base, ...(override as object) };
}

describe('the templates', () => {
  it.each([dev, prod])('are right as they are: $template', (input) => {
    expect(parseEnvironment(input, file)).toEqual({ ...templates[input.template], ...input });
  });

  it('are overridden key by key, lists as a whole', () => {
    const environment = parseEnvironment(
      {
        ...dev,
        database: { engineVersion: '16' },
        access: { trackingCidrs: ['203.0.113.0/24'] },
      } satisfies EnvironmentInput,
      file,
    );
    expect(environment.database).toEqual({ ...templates['free-tier'].database, engineVersion: '16' });
    expect(environment.access.ssh).toEqual({ cidrs: [], instanceConnect: false });
    expect(environment.access.trackingCidrs).toEqual(['203.0.113.0/24']);
  });
});

describe('a wrong value', () => {
  it.each<[string, unknown, string]>([
    ['name', 'Dev', 'lower-case letters'],
    ['name', 'd', 'lower-case letters'],
    ['accountId', '12345', '12 digits'],
    ['accountId', 123456789012, '12 digits'],
    ['region', 'eu-central-9', 'a commercial AWS region'],
    ['template', 'free', 'free-tier or production'],
    ['network.cidr', 'ten', 'an IPv4 range'],
    ['network.cidr', '10.20.0.0/33', 'a valid IPv4 range'],
    ['network.cidr', '10.20.0.1/16', '10.20.0.0/16, the first address'],
    ['network.cidr', '10.0.0.0/8', 'a prefix from /16 to /23'],
    ['network.cidr', '8.8.0.0/16', 'RFC 1918'],
    ['network.availabilityZoneCount', 1, 'a whole number from 2 to 3'],
    ['network.nat', 'both', 'none or single or per-az'],
    ['network.nat', 'single', 'billed by the hour'],
    ['access.trackingCidrs', '0.0.0.0/0', 'a list of IPv4 ranges'],
    ['server.instanceType', 'm5.large', 't3.micro'],
    ['server.instanceType', 'big', 'an EC2 instance type'],
    ['server.rootVolumeGiB', 4, 'from 8'],
    ['server.rootVolumeGiB', 31, 'at most 30'],
    ['server.port', 80, 'from 1024'],
    ['server.artifactServing', 'both', 'proxied or direct'],
    ['database.identifier', 'mlflow--db', 'single hyphens'],
    ['database.name', 'postgres', 'do not reserve'],
    ['database.name', 'mlflow-db', 'lower-case letters, digits and underscores'],
    ['database.username', 'rdsadmin', 'do not reserve'],
    ['database.username', 'pg_mlflow', 'do not reserve'],
    ['database.engineVersion', '13.4', 'standard support'],
    ['database.engineVersion', 'latest', 'a PostgreSQL version'],
    ['database.instanceClass', 'db.m5.large', 'db.t4g.micro or db.t3.micro'],
    ['database.allocatedStorageGiB', 10, 'from 20'],
    ['database.allocatedStorageGiB', 100, 'at most 20'],
    ['database.maxAllocatedStorageGiB', 22.5, 'a whole number'],
    ['database.storageType', 'gp3', 'gp2'],
    ['database.backupRetentionDays', 7, 'at most 1'],
    ['database.backupWindow', '25:00-26:00', 'a daily window'],
    ['database.backupWindow', '01:00-01:10', 'at least 30 minutes'],
    ['database.maintenanceWindow', 'sunday', 'a weekly window'],
    ['database.multiAz', true, 'false on the free-tier template'],
    ['artifacts.bucketPrefix', 'MLflow_Artifacts', 'lower-case letters, digits and hyphens'],
    ['artifacts.bucketPrefix', 'a'.repeat(33), 'at most 32 characters'],
    ['tags.aws:team', 'ml', 'a tag name'],
    ['tags.Team', 'm|l', 'a tag value'],
  ])('of %s, %p, is told with what would be right', (path, value, want) => {
    expect(problems(set(dev, path, value))).toEqual([expect.stringContaining(`${file}: ${path}: got`)]);
    expect(problems(set(dev, path, value))[0]).toContain(want);
  });

  it.each<[string, unknown, string]>([
    ['database.multiAz', false, 'loss of a zone'],
    ['database.backupRetentionDays', 1, 'at least 7'],
    ['database.deletionProtection', false, 'true on the production template'],
    ['database.finalSnapshot', false, 'true on the production template'],
    ['database.maxAllocatedStorageGiB', 52, 'at least 55'],
    ['database.maintenanceWindow', 'sun:01:30-sun:02:30', 'outside database.backupWindow'],
    ['database.maintenanceWindow', 'sun:00:30-sun:04:00', 'outside database.backupWindow'],
    ['artifacts.forceDestroy', true, 'artifacts outlive a destroy'],
    ['network.nat', 'none', 'single or per-az'],
  ])('of production %s, %p, is told', (path, value, want) => {
    expect(problems(set(prod, path, value))).toEqual([expect.stringContaining(want)]);
  });

  it('in a list is told with its place', () => {
    expect(problems({ ...dev, access: { trackingCidrs: ['203.0.113.0/24', '203.0.113.9/24'] } })).toEqual([
      `${file}: access.trackingCidrs[1]: got "203.0.113.9/24", want 203.0.113.0/24, the first address of the range`,
    ]);
    expect(problems({ ...prod, access: { trackingCidrs: ['0.0.0.0/0'] } })).toEqual([
      expect.stringContaining('access.trackingCidrs[0]: got "0.0.0.0/0", want the ranges of the team'),
    ]);
    expect(problems({ ...dev, access: { ssh: { cidrs: ['0.0.0.0/0'] } } })).toEqual([
      expect.stringContaining('access.ssh.cidrs[0]: got "0.0.0.0/0", want the ranges of those who log in'),
    ]);
  });

  it('of a subnet is told against VPC and neighbours', () => {
    const found = problems({
      ...dev,
      network: {
        publicSubnetCidrs: ['10.20.0.0/24', '10.99.0.0/24'],
        privateSubnetCidrs: ['10.20.0.128/25', '10.20.9.0/29', '10.20.10.0/24'],
      },
    });
    expect(found).toEqual([
      expect.stringMatching(/network\.privateSubnetCidrs: got .* want one range per Availability Zone: 2/),
      expect.stringMatching(
        /network\.publicSubnetCidrs\[1\]: got "10\.99\.0\.0\/24", want a range inside the VPC, 10\.20\.0\.0\/16/,
      ),
      expect.stringMatching(/network\.privateSubnetCidrs\[0\]: .*does not overlap network\.publicSubnetCidrs\[0\]/),
      expect.stringMatching(/network\.privateSubnetCidrs\[1\]: .*a prefix of \/28 or shorter/),
    ]);
  });
});

describe('an unknown key', () => {
  it('is an error that names the nearest known one', () => {
    expect(problems({ ...dev, database: { instanceclass: 'db.t4g.micro' } })).toEqual([
      `${file}: database.instanceclass: got "db.t4g.micro", want a key of the schema: the nearest is instanceClass`,
    ]);
    expect(problems({ ...dev, databse: {} })).toEqual([expect.stringContaining('the nearest is database')]);
  });
});

describe('all problems', () => {
  it('are told at once, those between keys beside those of single keys', () => {
    const found = problems({
      template: 'free-tier',
      name: 'dev',
      acountId: '123456789012',
      region: 'eu-central-1',
      server: { instanceType: 'm5.large', port: 'five thousand' },
      database: { backupRetentionDays: 14 },
    });
    expect(found).toEqual([
      expect.stringContaining('accountId: got nothing, want an AWS account id'),
      expect.stringContaining('server.port: got "five thousand"'),
      expect.stringContaining('acountId: got "123456789012", want a key of the schema: the nearest is accountId'),
      expect.stringContaining('server.instanceType: got "m5.large"'),
      expect.stringContaining('database.backupRetentionDays: got 14'),
    ]);
  });

  it('are EnvironmentErrors, whatever the file exports', () => {
    const junk = [undefined, null, 7, 'dev', [], {}, { template: {} }, { ...dev, network: null }, { ...dev, tags: [] }];
    const values = [null, 7, -1, '', 'x', [], [1], {}, { a: 1 }, true, NaN, () => 1, Symbol('s')];
    for (const section of ['network', 'access', 'server', 'database', 'artifacts'] as const) {
      for (const key of Object.keys(templates['free-tier'][section])) {
        for (const value of values) junk.push({ ...dev, [section]: { [key]: value } } as never);
      }
    }
    for (const input of junk) {
      try {
        parseEnvironment(input, file);
      } catch (error) {
        expect(error).toBeInstanceOf(EnvironmentError);
        for (const problem of (error as EnvironmentError).problems)
          expect(problem).toMatch(/^apps\/dev\/environment\.ts: .*got .*, want ./);
      }
    }
  });
});

describe('a key in the file', () => {
  const publicKey = `ssh-ed25519 ${'A'.repeat(68)} somebody@example.com`;

  it('may be an OpenSSH public key', () => {
    expect(problems({ ...dev, access: { sshPublicKey: publicKey } })).toEqual([]);
  });

  it('is never shown when it is a private one', () => {
    const privateKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'c2VjcmV0'.repeat(20)}\n-----END OPENSSH PRIVATE KEY-----`;
    const [problem] = problems({ ...dev, access: { sshPublicKey: privateKey } });
    expect(problem).toContain('access.sshPublicKey: got a private key');
    expect(problem).not.toContain('c2VjcmV0');
  });
});

describe('subnetCidrs', () => {
  it('plans a public and a private subnet for each zone', () => {
    expect(subnetCidrs({ network: { cidr: '10.20.0.0/16', availabilityZoneCount: 3, nat: 'none' } })).toEqual({
      public: ['10.20.0.0/21', '10.20.8.0/21', '10.20.16.0/21'],
      private: ['10.20.128.0/21', '10.20.136.0/21', '10.20.144.0/21'],
    });
  });

  it('takes those given', () => {
    const network = {
      cidr: '10.20.0.0/16',
      availabilityZoneCount: 2,
      nat: 'none',
      publicSubnetCidrs: ['10.20.1.0/24', '10.20.2.0/24'],
    } as const;
    expect(subnetCidrs({ network }).public).toEqual(['10.20.1.0/24', '10.20.2.0/24']);
  });
});

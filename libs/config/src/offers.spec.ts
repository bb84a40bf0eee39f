import classTable from '../data/database-classes.json';
import versionTable from '../data/postgres-versions.json';
import { freeTierInstanceTypes, postgresVersions, regions } from './aws';
import { parseEnvironment } from './index';
import { databaseClasses, serverTypes } from './offers';
import { accepts, dev, edit, file, prod, refuses } from './spec-helpers';

const kinds = [
  ['server.instanceType', serverTypes],
  ['database.instanceClass', databaseClasses],
] as const;

describe('the tables', () => {
  it('cover every region that is offered, so that dev and prod can be made there', () => {
    for (const region of regions) {
      const t4g = databaseClasses.isOffered('db.t4g.micro', region);
      const classes = t4g ? {} : { 'database.instanceClass': 'db.t3.micro' };
      expect(parseEnvironment(edit(dev, { region, ...classes }), file).region).toBe(region);
      const medium = t4g ? {} : { 'database.instanceClass': 'db.t3.medium' };
      expect(parseEnvironment(edit(prod, { region, ...medium }), file).region).toBe(region);
    }
  });

  it('are of one day, and know every version under standard support', () => {
    expect(new Set([serverTypes.date, databaseClasses.date, versionTable.date, classTable.date]).size).toBe(1);
    expect(Object.keys(versionTable.minors)).toEqual(Object.keys(postgresVersions));
    expect(Object.values(versionTable.minors).every((minors) => minors.length > 0)).toBe(true);
  });

  it('know what every type and class has', () => {
    expect(serverTypes.sizeOf('m7g.medium')).toEqual({ processors: 1, memoryGiB: 4 });
    expect(serverTypes.sizeOf('c7i-flex.large')).toEqual({ processors: 2, memoryGiB: 4 });
    expect(databaseClasses.sizeOf('db.r6g.large')).toEqual({ processors: 2, memoryGiB: 16 });
    expect(databaseClasses.sizeOf('m7g.large')).toBeUndefined();
    for (const type of freeTierInstanceTypes) expect(serverTypes.sizeOf(type)?.memoryGiB).toBeGreaterThanOrEqual(1);
  });
});

describe.each(kinds)('%s', (path, offer) => {
  it.each(regions)('in %s is of a family that is there', (region) => {
    const name = offer.nearest('db.m7g.large', region, ['m7g.large', 'db.m7g.large']);
    expect([path, name, offer.isOffered(name, region)]).toEqual([path, name, true]);
  });
});

describe('a database class', () => {
  const wrong = (instanceClass: string, want: string, region = 'us-east-1') =>
    [
      { region, 'database.instanceClass': instanceClass },
      `database.instanceClass: got "${instanceClass}", want ${want}`,
    ] as const;
  refuses(prod, [
    wrong('db.m5.micro', 'db.m5.large, db.m5.xlarge, db.m5.2xlarge'),
    wrong('db.m6g.3xlarge', 'db.m6g.large, db.m6g.xlarge, db.m6g.2xlarge, db.m6g.4xlarge'),
    wrong('db.t4g.4xlarge', 'db.t4g.micro, db.t4g.small'),
    wrong('db.t2.medium', 'a class that RDS offers in us-east-1; the nearest is db.t3.medium'),
    wrong('db.m7a.large', 'a class that RDS offers in us-east-1; the nearest is db.m7g.large'),
    wrong('db.foo.large', 'a class that RDS offers in us-east-1; the nearest is db.t4g.medium'),
    wrong('db.foo.large', 'a class that RDS offers in ca-west-1; the nearest is db.t3.medium', 'ca-west-1'),
    wrong('db.m7g.metal', 'db.m7g.large'),
    wrong('db.serverless', 'an RDS instance class such as db.t4g.micro'),
    wrong('db.t4g.medium', 'a class that RDS offers in ca-west-1; the nearest is db.t3.medium', 'ca-west-1'),
    wrong('db.m8g.large', 'a class that RDS offers in me-central-1; the nearest is db.m6g.large', 'me-central-1'),
  ]);
  refuses(dev, [
    [
      { region: 'ca-west-1' },
      'database.instanceClass: got "db.t4g.micro", want a class that RDS offers in ca-west-1; the nearest is db.t3.micro',
    ],
  ]);
  accepts(prod, [
    { region: 'us-east-1', 'database.instanceClass': 'db.m6g.2xlarge' },
    { region: 'us-east-1', 'database.instanceClass': 'db.m9g.large' },
    { region: 'us-east-1', 'database.instanceClass': 'db.x2iedn.xlarge' },
  ]);
});

describe('an instance type', () => {
  const wrong = (instanceType: string, want: string, region = 'us-east-1') =>
    [
      { region, 'server.instanceType': instanceType },
      `server.instanceType: got "${instanceType}", want ${want}`,
    ] as const;
  refuses(prod, [
    wrong('foo.large', 'a type that EC2 offers in us-east-1; the nearest is t4g.small'),
    wrong('m7q.large', 'a type that EC2 offers in us-east-1; the nearest is m7a.large'),
    wrong('xyz.large', 'a type that EC2 offers in us-east-1; the nearest is x8g.large'),
    wrong('m5.micro', 'm5.large, m5.xlarge, m5.2xlarge, m5.4xlarge'),
    wrong('t4g.nano', 't4g.micro, t4g.small'),
    wrong('m7g.metal', 'm7g.medium'),
    wrong('m7g.16xlarge', 'm7g.medium'),
    wrong('mac2.metal', 'a type that EC2 offers'),
    wrong('t2.small', 'a type that EC2 offers in eu-north-1; the nearest is t3.small', 'eu-north-1'),
    wrong('m4.large', 'a type that EC2 offers in il-central-1; the nearest is m5.large', 'il-central-1'),
    wrong('t1.micro', 'a type with 1 GiB of memory or more', 'us-east-1'),
  ]);
  accepts(prod, [
    { region: 'us-east-1', 'server.instanceType': 'm7i-flex.large' },
    { region: 'us-east-1', 'server.instanceType': 'm9g.large' },
  ]);
});

describe('a PostgreSQL version', () => {
  const wrong = (engineVersion: string, want: string) =>
    [
      { 'database.engineVersion': engineVersion },
      `database.engineVersion: got "${engineVersion}", want ${want}`,
    ] as const;
  refuses(prod, [
    wrong('17.99', '"17", or one of "17.5", "17.6"'),
    wrong('17.2', '"17", or one of "17.5"'),
    wrong('18.5', '"18", or one of "18.1", "18.2", "18.3", "18.4", "18.6"'),
    wrong('19', 'a version under standard support: 14 (until'),
    wrong('13.4', 'a version under standard support'),
    wrong('17.06', 'a PostgreSQL version'),
    wrong('17.0', '"17", or one of'),
  ]);
  accepts(prod, [{ 'database.engineVersion': '17.6' }, { 'database.engineVersion': '14' }]);
});

describe('a port', () => {
  const blocked = [2049, 5060, 6000, 6665, 6669, 6697, 10080];
  refuses(
    dev,
    blocked.flatMap((port) => [
      [{ 'server.port': port }, `server.port: got ${port}, want a port that browsers open`] as const,
      [
        { 'server.prometheus': { cidrs: ['10.20.0.0/16'], port } },
        `server.prometheus.port: got ${port}, want a port that browsers open`,
      ] as const,
    ]),
  );
  it.each(blocked)('%i is refused by Node as by browsers', async (port) => {
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
  });
  refuses(dev, [
    [
      { 'server.port': 9464, 'server.prometheus': { cidrs: ['10.20.0.0/16'] } },
      'server.prometheus.port: got nothing, want another port than server.port, which is 9464 as well',
    ],
  ]);
  it('that nobody named is filled in', () => {
    expect(
      parseEnvironment(edit(dev, { 'server.prometheus': { cidrs: ['10.20.0.0/16'] } }), file).server.prometheus,
    ).toEqual({ cidrs: ['10.20.0.0/16'], port: 9464 });
  });
});

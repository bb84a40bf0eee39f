import { maxConnections, parseEnvironment, sizeServer, sizingOf, sizingText } from './index';
import { dev, edit, file, problems, prod } from './spec-helpers';

describe('sizeServer', () => {
  it.each([
    ['t3.micro', 1],
    ['t4g.small', 2],
    ['m7g.large', 2],
    ['m7g.xlarge', 4],
    // One processor, whatever the family's other sizes have.
    ['m7g.medium', 1],
  ])('gives %s %i worker(s)', (instanceType, workers) => {
    expect(sizeServer({ instanceType, databaseClass: 'db.m7g.large' }).workers).toBe(workers);
  });

  it('knows the memory of a family, not of a size alone', () => {
    expect(maxConnections('db.r6g.large')).toBeGreaterThan(1.9 * maxConnections('db.m6g.large'));
  });

  it.each([
    ['t3.micro', 'db.t4g.micro', 1],
    ['t4g.small', 'db.t4g.micro', 2],
    ['m7g.xlarge', 'db.t4g.medium', 4],
    ['m7g.4xlarge', 'db.t4g.small', 4],
  ])(
    'of %s on %s, %i server(s), never exhausts the database while servers replace each other',
    (instanceType, databaseClass, servers) => {
      const { workers, poolSize, maxOverflow } = sizeServer({ instanceType, databaseClass, servers });
      expect(maxOverflow).toBeGreaterThan(0);
      expect(2 * servers * workers * 2 * (poolSize + maxOverflow)).toBeLessThanOrEqual(maxConnections(databaseClass));
    },
  );

  it('refuses a size it does not know', () => {
    expect(() => sizeServer({ instanceType: 'm7g.metal', databaseClass: 'db.t4g.micro' })).toThrow(
      /got "m7g.metal", want/,
    );
  });
});

describe('sizingOf', () => {
  it('is what was computed, but for what the environment says', () => {
    const computed = sizingOf(parseEnvironment(dev, file));
    const overridden = parseEnvironment(edit(dev, { 'server.sizing': { poolSize: 7, workers: undefined } }), file);
    expect(sizingOf(overridden)).toEqual({ ...computed, poolSize: 7 });
    expect(sizingText(computed)).toMatch(/^1 worker a server, each with \d+ to \d+ connections in a pool$/);
  });
});

describe('connections', () => {
  it('beyond what the class takes are told with what asks for them, beside all other problems', () => {
    const sizing = { workers: 2, poolSize: 40, maxOverflow: 40 };
    expect(problems(edit(dev, { 'server.sizing': sizing, 'network.nat': 'single' }))).toEqual([
      'server.sizing: got 320 connections (2 workers a server, each with 40 to 80 connections in a pool, 1 at most), ' +
        'want 96 or fewer, which db.t4g.micro takes, or a larger database.instanceClass',
      expect.stringContaining('network.nat: got "single"'),
    ]);
  });

  it('that do not suffice for all servers are told with the next class that has them', () => {
    expect(problems(edit(prod, { 'server.maxCount': 20, 'database.instanceClass': 'db.t4g.micro' }))).toEqual([
      'database.instanceClass: got "db.t4g.micro", want a class that takes the connections of 20 servers (server.maxCount), ' +
        'such as db.t4g.medium, or fewer servers',
    ]);
    expect(
      problems(edit(prod, { 'server.maxCount': 20, 'server.sizing': {}, 'database.instanceClass': 'db.t4g.micro' })),
    ).toHaveLength(1);
  });

  it('are not counted with a size that nobody knows', () => {
    expect(
      problems(edit(prod, { 'database.instanceClass': 'db.m6g.3xlarge', 'server.sizing': { workers: 9 } })),
    ).toEqual([expect.stringContaining('database.instanceClass: got "db.m6g.3xlarge"')]);
  });
});

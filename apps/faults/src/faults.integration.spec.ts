import { Laboratory, Load, secondsToRecover, type Server } from '@mlflow-on-aws/laboratory';
import { waitUntil } from '@mlflow-on-aws/workbench';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Cable } from './cable';
import { faultTable, resultFile, type FaultRow } from './table';

jest.setTimeout(5 * 60_000);

/** How soon everything must work again, without a hand, after a cause has ended. */
const recoveryBound = 15;

let laboratory: Laboratory;
let server: Server;
const rows: FaultRow[] = [];

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  server = await laboratory.server();
  await server.ready();
});

afterAll(async () => {
  await laboratory?.close();
  writeFileSync(resultFile, JSON.stringify(rows, null, 2));
  process.stderr.write(`\n${faultTable(rows)}\n`);
});

/** How a fault is injected. */
interface Injection {
  /** Begins it; what it resolves to is given to `end`. */
  begin(): Promise<void>;
  /** Ends it. @default - the cause ends by itself at once */
  end?(): Promise<void>;
  /** How long it lasts, in seconds. @default 0 */
  lasts?: number;
  /** What must be so while it lasts. */
  meanwhile?(): Promise<void>;
  readonly uploaders?: number;
  readonly on?: Server;
}

/** Injects a fault while clients log, and measures what it did to them. */
async function underFault(fault: string, injection: Injection): Promise<Load> {
  const { begin, end, lasts = 0, meanwhile, uploaders = 0, on = server } = injection;
  const load = new Load(on.uri);
  let causeEnded = Infinity;
  try {
    load.start({ uploaders });
    await enough(load, 50);
    expect(load.sent.filter(({ status }) => status !== 200)).toEqual([]);
    await begin();
    const began = Date.now();
    await meanwhile?.();
    await pause(Math.max(0, lasts * 1000 - (Date.now() - began)));
    await end?.();
    causeEnded = Date.now();
    // Steady again is: three seconds without a failure.
    await waitUntil(() => {
      const failures = load.sent.filter(({ status }) => status !== 200).map(({ ended }) => ended);
      return (
        Date.now() - Math.max(causeEnded, ...failures) > 3_000 &&
        load.sent.some((s) => s.began > causeEnded && s.status === 200)
      );
    }, 90_000);
  } finally {
    await load.stop();
  }
  await on.ready();
  const lost = await laboratory.lost(load);
  for (const kind of ['run', 'artifact'] as const) {
    const sent = load.sent.filter((one) => one.kind === kind);
    if (sent.length === 0) continue;
    rows.push({
      fault: uploaders === 0 ? fault : `${fault}: ${kind}s`,
      sent: sent.length,
      failed: sent.filter(({ status }) => status !== 200).length,
      lost: lost.length,
      slowest: Math.max(...sent.map(({ began, ended }) => ended - began)) / 1000,
      recovery: secondsToRecover(sent, causeEnded),
    });
  }
  expect(lost).toEqual([]);
  for (const { recovery } of rows.slice(-1)) expect(recovery).toBeLessThanOrEqual(recoveryBound);
  // A failure is one that the MLflow client tries again, never one that it takes for its own mistake.
  expect(
    [...new Set(load.sent.map(({ status }) => status))].filter(
      (status) => ![0, 200, 429, 500, 502, 503, 504].includes(status),
    ),
  ).toEqual([]);
  return load;
}

const failures = (load: Load, kind = 'run') => load.sent.filter((one) => one.kind === kind && one.status !== 200);

async function enough(load: Load, requests: number): Promise<void> {
  const before = load.sent.length;
  if (!(await waitUntil(() => load.sent.length >= before + requests, 60_000)))
    throw new Error('the load makes no progress');
}

/** While the database is away: the process lives, and says that it is not ready. */
async function tellsTheTruth(on = server): Promise<void> {
  await waitUntil(async () => (await on.status('/ready')) === 503, 30_000);
  expect(await on.status('/ready')).toBe(503);
  expect(await on.status('/health')).toBe(200);
  await on.says('not ready: ');
}

describe('survives', () => {
  test('kill -9 of its process', async () => {
    await underFault('server killed with -9', { begin: async () => void process.kill(server.pid, 'SIGKILL') });
  });

  test('kill -9 of a worker, and of the process above the workers', async () => {
    const two = await laboratory.server({ sizing: { workers: 2 } });
    await two.ready();
    await underFault('one of two workers killed with -9', {
      on: two,
      begin: async () => {
        const workers = execFileSync('pgrep', ['-P', String(two.pid), '-f', 'spawn_main'], { encoding: 'utf8' })
          .trim()
          .split('\n');
        process.kill(Number(workers[0]), 'SIGKILL');
      },
    });
    await underFault('parent of two workers killed with -9', {
      on: two,
      begin: async () => void process.kill(two.pid, 'SIGKILL'),
    });
    await two.stop();
  });

  test('a restart of the database', async () => {
    await underFault('database restarted (5 s)', {
      begin: () => laboratory.postgres.stop(),
      meanwhile: () => tellsTheTruth(),
      lasts: 5,
      end: () => laboratory.startDatabase(),
    });
  });

  test('a crash of the database', async () => {
    await underFault('database crashed, up again after 5 s', {
      begin: () => laboratory.postgres.crash(),
      meanwhile: () => tellsTheTruth(),
      lasts: 5,
      end: () => laboratory.startDatabase(),
    });
  });

  test('the loss of every connection', async () => {
    await underFault('all connections cut, 20 times in 4 s', {
      begin: async () => {
        // Often, so that every moment of a request is met.
        for (let i = 0; i < 20; i++) {
          laboratory.databaseWire.cut();
          await pause(200);
        }
      },
    });
  });

  test('a database that is silent', async () => {
    await underFault('database silent for 20 s', {
      begin: async () => laboratory.databaseWire.silence(),
      meanwhile: () => tellsTheTruth(),
      lasts: 20,
      end: async () => laboratory.databaseWire.mend(),
    });
  });

  test('a host of the database that vanishes: its packets, not only its answers', async () => {
    const cable = await Cable.to(laboratory.databasePort, laboratory.directory);
    if (cable === undefined) return void process.stderr.write('not shown: a network of its own takes root and ip\n');
    try {
      const far = await laboratory.server({
        environment: { PGHOSTADDR: cable.address, PGPORT: String(cable.port) },
      });
      await far.ready();
      const load = await underFault('database’s host without power for 30 s', {
        on: far,
        begin: async () => cable.unplug(),
        meanwhile: () => tellsTheTruth(far),
        lasts: 30,
        end: async () => cable.plug(),
      });
      // Nobody waits for the end: TCP's own timers give up after 10 s; a request may meet two dead connections.
      const given = failures(load).map(({ began, ended }) => (ended - began) / 1000);
      expect(given.length).toBeGreaterThan(0);
      expect(Math.max(...given)).toBeLessThan(25);
      await far.stop();
    } finally {
      await cable.close();
    }
  });

  test('a full disk of the database', async () => {
    if (!laboratory.canFillDatabaseVolume) return void process.stderr.write('not shown: to fill a volume takes root\n');
    const ballast = join(laboratory.directory, 'postgres', 'ballast');
    await underFault('database’s disk full', {
      begin: async () => {
        const { bavail, bsize } = statfsSync(join(laboratory.directory, 'postgres'));
        execFileSync('fallocate', ['-l', String(bavail * bsize - 200_000), ballast]);
      },
      lasts: 10,
      end: async () => {
        rmSync(ballast);
        // Without room for its log it may have stopped; RDS starts it again.
        await laboratory.startDatabase();
      },
    });
  });

  test('a full disk of its own', async () => {
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}`]);
    const load = await underFault('server’s disk full', {
      uploaders: 2,
      begin: async () => void limit('0:unlimited'),
      lasts: 5,
      end: async () => void limit('unlimited:unlimited'),
    });
    expect(failures(load, 'run')).toEqual([]);
  });

  test('an S3 that refuses', async () => {
    const load = await underFault('S3 refuses for 10 s', {
      uploaders: 4,
      begin: async () => laboratory.awsWire.refuse(),
      lasts: 10,
      end: async () => laboratory.awsWire.mend(),
    });
    expect(failures(load, 'run')).toEqual([]);
  });

  test('an S3 that is silent, with more uploads than request threads', async () => {
    const load = await underFault('S3 silent for 20 s', {
      uploaders: 64,
      begin: async () => laboratory.awsWire.silence(),
      lasts: 20,
      end: async () => laboratory.awsWire.mend(),
    });
    expect(failures(load, 'run')).toEqual([]);
  });

  test('a database that comes back with a wrong certificate: refused, until it is right', async () => {
    await underFault('database with a wrong certificate (5 s)', {
      begin: async () => {
        await laboratory.postgres.stop();
        await laboratory.useCertificate('another.faults.test');
        await laboratory.startDatabase();
      },
      meanwhile: async () => {
        await tellsTheTruth();
        await server.says(/not ready: .*certificate/);
        expect(await laboratory.sql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'mlflow'`)).toBe('0');
      },
      lasts: 5,
      end: async () => {
        await laboratory.postgres.stop();
        await laboratory.useCertificate();
        await laboratory.startDatabase();
      },
    });
  });

  test('a rotation of the password: no request fails, and no process is new', async () => {
    // No connection is older than a second, so that the new password is asked for all the time.
    const rotating = await laboratory.server({ environment: { MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE: '1' } });
    await rotating.ready();
    const { pid } = rotating;
    let password = '';
    const load = await underFault('password rotated, secret 3 s after the database', {
      on: rotating,
      begin: async () => void (password = await laboratory.changePassword()),
      lasts: 3,
      end: () => laboratory.publishSecret(),
    });
    expect(failures(load)).toEqual([]);
    expect(rotating.pid).toBe(pid);
    for (const text of [
      rotating.log,
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
    ])
      expect(text).not.toContain(password);
    await rotating.stop();
  });

  test('a failover of the database to another address', async () => {
    await laboratory.startStandby();
    await underFault('failover to the standby, silent for 10 s', {
      begin: async () => laboratory.databaseWire.silence(),
      meanwhile: () => tellsTheTruth(),
      lasts: 10,
      end: async () => {
        await laboratory.failOver();
        laboratory.databaseWire.cut();
        laboratory.databaseWire.mend(laboratory.databasePort);
      },
    });
  });
});

describe('starts', () => {
  test('before the secret, the database’s name and the database are there', async () => {
    const services = join(laboratory.directory, 'services.conf');
    // libpq reads it at every connection: an address in it is what a name server answers.
    writeFileSync(services, '[late]\napplication_name=mlflow\n');
    laboratory.databaseWire.refuse();
    const early = await laboratory.server({
      secret: 'late',
      environment: { PGHOSTADDR: undefined, PGSERVICE: 'late', PGSERVICEFILE: services },
    });
    await early.says(/waiting for the secret of the database, next try in .*can't find/);
    await laboratory.publishSecret('late');
    await early.says(/waiting for the database, next try in .*could not translate host name/);
    writeFileSync(services, '[late]\nhostaddr=127.0.0.1\n');
    await early.says(/waiting for the database, next try in .*(closed the connection|reset by peer)/);
    laboratory.databaseWire.mend();
    await early.ready();
    await early.stop();
  });

  test('two at once on an empty database, which one of them migrates', async () => {
    await laboratory.sql('CREATE DATABASE together OWNER mlflow', 'postgres');
    const both = await Promise.all([1, 2].map(() => laboratory.server({ database: 'together' })));
    await Promise.all(both.map((one) => one.ready()));
    expect(both.map(({ log }) => log.split('migrating the schema').length - 1).sort()).toEqual([0, 1]);
    await Promise.all(both.map((one) => one.stop()));
    // From the first line to the last, what CloudWatch takes apart.
    for (const line of both.flatMap(({ log }) => log.trim().split('\n')))
      expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), message: expect.any(String) });
  });

  test('not on a schema that a newer MLflow made, and says so in a line', async () => {
    await laboratory.sql('CREATE DATABASE newer OWNER mlflow', 'postgres');
    await laboratory.sql(
      `CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('feedfacecafe');
       ALTER TABLE alembic_version OWNER TO mlflow`,
      'newer',
    );
    const older = await laboratory.server({ database: 'newer', supervised: false });
    await older.says('the database has schema feedfacecafe');
    await waitUntil(() => older.exitCode !== undefined, 30_000);
    expect(older.exitCode).toBe(1);
    expect(older.log.trim().split('\n').at(-1)).toMatch(
      /^the database has schema feedfacecafe, which MLflow .* does not know/,
    );
    expect(await laboratory.sql('SELECT version_num FROM alembic_version', 'newer')).toBe('feedfacecafe');
  });
});

import { UserError } from '@mlflow-on-aws/command-line';
import { spawn } from 'node:child_process';
import { createHmac, createHash, pbkdf2Sync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutProxy } from './emulated-aws';
import { exclusively } from './lock';
import { checkout, dataDirectory } from './paths';
import { onSteadyPort, rememberedPort, reservePort } from './ports';
import { findPostgres } from './postgres';
import {
  logFile,
  logTail,
  runningPid,
  startBackground,
  startTime,
  stopBackground,
  untilReady,
  waitUntil,
} from './processes';
import { Progress } from './progress';
import { findPython } from './python';
import { scramVerifier } from './scram';

let folder: string;
const path = process.env.PATH;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'workbench spec '))));
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

describe('Progress', () => {
  it('says of every step that it began, what it does and how it ended', async () => {
    const lines: string[] = [];
    const progress = new Progress((line) => lines.push(line));
    await progress.step('Do', (report) => report('half way'));
    await expect(progress.step('Fail', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(lines.map((line) => line.replace(/\d+\.\d/, 'N'))).toEqual([
      '… Do',
      '    half way (N s)',
      '✓ Do (N s)',
      '… Fail',
      '✗ Fail (N s)',
    ]);
  });
});

describe('background processes', () => {
  const background = () => ({ name: 'sleeper', directory: folder });
  const script = (text: string) => ({ command: process.execPath, args: ['-e', text] });

  it('run on, are known by another command, and stop when told', async () => {
    const pid = startBackground(background(), script(`console.log('here'); setInterval(() => {}, 1000)`));
    await untilReady(background(), () => logTail(background()).includes('here'), 10_000);
    expect(runningPid(background())).toBe(pid);
    await stopBackground(background());
    expect(runningPid(background())).toBeUndefined();
    expect(startTime(pid)).toBe('');
  });

  it('that do not listen are stopped for good', async () => {
    startBackground(
      background(),
      script(`process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)`),
    );
    await untilReady(background(), () => logTail(background()).includes('deaf'), 10_000);
    await stopBackground(background(), { graceMs: 50 });
    expect(runningPid(background())).toBeUndefined();
  });

  it('that end before they are ready say why', async () => {
    startBackground(background(), script(`console.error('no such thing'); process.exit(3)`));
    await expect(untilReady(background(), () => false, 10_000)).rejects.toThrow(
      /sleeper ended before it was ready[\s\S]*no such thing/,
    );
  });

  it.each([
    ['stopped', () => stopBackground(background())],
    ['started again', () => void startBackground(background(), script(''))],
  ])('that were killed leave nothing behind when they are %s', async (_, next) => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid`;
    const killed = startBackground(background(), script(`console.log(String(${child})); setInterval(() => {}, 1000)`));
    await untilReady(background(), () => /^\d+\n$/.test(readFileSync(logFile(background()), 'utf8')), 10_000);
    const orphan = Number(logTail(background()));
    process.kill(killed, 'SIGKILL');
    await waitUntil(() => startTime(killed) === '', 10_000);
    expect(startTime(orphan)).not.toBe('');
    await next();
    expect(await waitUntil(() => startTime(orphan) === '', 10_000)).toBe(true);
  });

  it('are not confused with another that has the same pid', () => {
    writeFileSync(join(folder, 'sleeper.pid'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    expect(runningPid(background())).toBeUndefined();
  });
});

describe('exclusively', () => {
  it('lets one after the other work', async () => {
    const order: string[] = [];
    const lock = join(folder, 'lock');
    let secondWaits = false;
    const first = exclusively(
      lock,
      () => undefined,
      async () => {
        order.push('first begins');
        await waitUntil(() => secondWaits, 4_000);
        order.push('first ends');
      },
    );
    const second = exclusively(
      lock,
      () => (secondWaits = true),
      async () => void order.push('second'),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first begins', 'first ends', 'second']);
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over the lock of a process that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('close', resolve));
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: dead.pid, started: '1' }));
    expect(
      await exclusively(
        join(folder, 'lock'),
        () => undefined,
        async () => 'done',
        5_000,
      ),
    ).toBe('done');
  });

  it('waits for a lock that does not say whose it is only as long as somebody may be writing it', async () => {
    const lock = join(folder, 'lock');
    const said: string[] = [];
    writeFileSync(lock, '');
    const waiting = exclusively(
      lock,
      (message) => {
        said.push(message);
        utimesSync(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
      },
      async () => 'done',
    );
    expect(await waiting).toBe('done');
    expect(said).toEqual([`waiting for whoever made ${lock}, which does the same`]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says at once whom it waits for, and at the end who held it', async () => {
    const lock = join(folder, 'lock');
    const said: string[] = [];
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }));
    const refused = exclusively(
      lock,
      (message) => void said.push(message),
      async () => 'done',
      1,
    );
    await expect(refused).rejects.toThrow(new UserError(`${lock} was held all the time by process ${process.pid}`));
    expect(said).toEqual([`waiting for process ${process.pid}, which does the same`]);
  });

  it('says why a lock cannot be written, and leaves nothing', async () => {
    writeFileSync(join(folder, 'file'), '');
    const refused = exclusively(
      join(folder, 'file', 'lock'),
      () => undefined,
      async () => 'done',
    );
    await expect(refused).rejects.toThrow(/file\/lock cannot be written: .*(ENOTDIR|EEXIST)/);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('gives the lock back when the work fails', async () => {
    await expect(
      exclusively(
        join(folder, 'lock'),
        () => undefined,
        () => Promise.reject(new Error('no')),
      ),
    ).rejects.toThrow('no');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});

describe('ports', () => {
  const listening = async (port: number) => {
    const taker = createServer().listen(port, '127.0.0.1');
    await waitUntil(() => taker.listening, 5_000);
    return taker;
  };
  const closed = (taker: Server) => new Promise((resolve) => taker.close(resolve));

  it('are another one every time, while nobody listens there yet', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => reservePort()));
    expect(new Set(ports).size).toBe(50);
  });

  it('that another process has reserved are not given away, and are free again when it has ended', async () => {
    const port = await reservePort();
    const file = join(tmpdir(), `mlflow-on-aws-ports-${process.getuid?.() ?? 0}`, String(port));
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    jest.resetModules();
    // As another command or spec file loads it.
    const { reservePort: another } = await import('./ports');
    expect(await another(port)).not.toBe(port);
    writeFileSync(file, JSON.stringify({ pid: other.pid, started: startTime(other.pid as number) }));
    expect(await another(port)).not.toBe(port);
    const ended = new Promise((resolve) => other.on('close', resolve));
    other.kill('SIGKILL');
    await ended;
    expect(await another(port)).toBe(port);
  });

  it('stay the same while they are free, and move when somebody took them', async () => {
    const file = join(folder, 'port');
    const started: number[] = [];
    const start = async (port: number) => void started.push(port);
    const port = await onSteadyPort(file, 0, start);
    expect(await onSteadyPort(file, 0, start)).toBe(port);
    const taker = await listening(port);
    const other = await onSteadyPort(file, 0, start);
    expect(other).not.toBe(port);
    expect(rememberedPort(file)).toBe(other);
    expect(started).toEqual([port, port, other]);
    await closed(taker);
  });

  it('that somebody takes before the server does are given up for another', async () => {
    const takers: Server[] = [];
    const background = { name: 'server', directory: folder };
    const port = await onSteadyPort(join(folder, 'port'), 0, async (given) => {
      if (takers.length === 0) takers.push(await listening(given));
      const script = `require('net').createServer().listen(${given}, '127.0.0.1', () => console.log('listens'))`;
      startBackground(background, { command: process.execPath, args: ['-e', script] });
      await untilReady(background, () => logTail(background, 1) === 'listens', 10_000);
    });
    const [taker] = takers as [Server];
    expect(port).not.toBe((taker.address() as AddressInfo).port);
    await stopBackground(background);
    await closed(taker);
  });

  it('are not tried again for a server that ends for another reason', async () => {
    let tries = 0;
    const start = () => Promise.reject(new UserError(`no such file (${++tries})`));
    await expect(onSteadyPort(join(folder, 'port'), 0, start)).rejects.toThrow('no such file (1)');
  });
});

describe('what is missing is told in a sentence', () => {
  beforeEach(() => (process.env.PATH = folder));

  it('Python', async () => {
    await expect(findPython()).rejects.toThrow(
      /^Python 3\.11 or later with venv is needed \(no python3 found\): install it/,
    );
    await expect(findPython()).rejects.toBeInstanceOf(UserError);
  });

  it('a Python that is too old', async () => {
    writeFileSync(join(folder, 'python3'), '#!/bin/sh\necho 3 9 /usr/bin/python3\n', { mode: 0o755 });
    await expect(findPython()).rejects.toThrow('python3 is 3.9');
  });

  it('PostgreSQL, when it is in none of the usual places', () => {
    try {
      findPostgres();
    } catch (error) {
      expect((error as Error).message).toMatch(/^a PostgreSQL server \(initdb, postgres, psql\) is needed: install it/);
    }
  });
});

describe('scramVerifier', () => {
  it('is what PostgreSQL derives from the password', () => {
    const [, iterations, salt, stored, server] =
      /^SCRAM-SHA-256\$(\d+):(.+)\$(.+):(.+)$/.exec(scramVerifier('pass word')) ?? [];
    const salted = pbkdf2Sync('pass word', Buffer.from(salt as string, 'base64'), Number(iterations), 32, 'sha256');
    const key = createHmac('sha256', salted).update('Client Key').digest();
    expect(createHash('sha256').update(key).digest('base64')).toBe(stored);
    expect(createHmac('sha256', salted).update('Server Key').digest('base64')).toBe(server);
  });
});

describe('withoutProxy', () => {
  it('leaves out what would lead to a real account', () => {
    const environment = {
      AWS_PROFILE: 'company',
      HTTPS_PROXY: 'http://proxy',
      https_proxy: 'x',
      TF_CLI_CONFIG_FILE: 'x',
      PATH: '/bin',
    };
    expect(withoutProxy(environment)).toEqual({ PATH: '/bin' });
  });
});

test('the data of two checkouts are apart, and nothing of them is in the checkout', () => {
  expect(dataDirectory('dev')).not.toBe(dataDirectory('prod'));
  expect(dataDirectory('dev').startsWith(checkout)).toBe(false);
  expect(readFileSync(join(checkout, 'package.json'), 'utf8')).toContain('mlflow-on-aws');
});

import { run } from './run';
import { UserError } from '@mlflow-on-aws/command-line';

const options = { cwd: '/', env: process.env };
afterEach(() => jest.useRealTimers());

test('says every ten seconds that the program still runs, and no more when it has ended', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  const said: string[] = [];
  const running = run((message) => said.push(message), 'building', '/bin/sh', ['-c', 'echo done'], options);
  jest.advanceTimersByTime(25_000);
  expect(await running).toBe('done\n');
  jest.advanceTimersByTime(25_000);
  expect(said).toEqual(['building', 'building: 10.0 s so far', 'building: 20.0 s so far']);
});

test('fails with the end of what the program said', async () => {
  const running = run(
    () => undefined,
    'building',
    '/bin/sh',
    ['-c', 'for i in $(seq 99); do echo line $i >&2; done; exit 3'],
    options,
  );
  const failure = await running.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as Error).message).toMatch(/^building failed: .*\(exit code 3\)\nline 85\n[^]*line 99$/);
});

test('fails with a sentence when the program cannot be run', async () => {
  await expect(run(() => undefined, 'building', '/nowhere/go', [], options)).rejects.toThrow(
    'building failed: cannot run /nowhere/go',
  );
});

test('leaves no listeners behind', async () => {
  const before = process.listenerCount('SIGTERM');
  await run(() => undefined, 'building', '/bin/sh', ['-c', ':'], options);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

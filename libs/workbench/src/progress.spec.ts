import { elapsed, Progress } from './progress';

afterEach(() => jest.useRealTimers());

test.each([
  [0, '0.0 s'],
  [4_200, '4.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [80_000, '1 min 20 s'],
  [119_499, '1 min 59 s'],
  [119_500, '2 min 0 s'],
  [30 * 60_000 + 59_700, '31 min 0 s'],
])('%i ms are %s', (milliseconds, text) => {
  expect(elapsed(0, milliseconds)).toBe(text);
});

test('a step that is silent for long says what it still does, until it ends', async () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  let end: () => void = () => undefined;
  const step = new Progress((line) => lines.push(line)).step('Get it', async (report) => {
    report('downloading');
    await new Promise<void>((resolve) => (end = resolve));
  });
  jest.advanceTimersByTime(23_000);
  end();
  await step;
  jest.advanceTimersByTime(23_000);
  expect(lines).toEqual([
    '… Get it',
    '    downloading (0.0 s)',
    '    still: downloading (11.0 s)',
    '    still: downloading (22.0 s)',
    '✓ Get it (23.0 s)',
  ]);
});

test('a step that speaks for itself is not interrupted', async () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  await new Progress((line) => lines.push(line)).step('Get it', (report) => {
    for (let i = 0; i < 3; i++) {
      jest.advanceTimersByTime(10_000);
      report(`part ${i}`);
    }
  });
  expect(lines.join('\n')).not.toContain('still');
});

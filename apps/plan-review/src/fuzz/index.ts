import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reviewFiles } from '../review-files';
import { leaksIn } from './leaks';
import { fuzzedPlan } from './plans';
import { Random } from './random';

/** What many random plans showed. */
export interface FuzzResult {
  readonly plans: number;
  /** Seeds of the plans of which an output held a planted value, and what of it. */
  readonly leaks: readonly string[];
  /** Seeds of the plans at which the review broke, and how. */
  readonly crashes: readonly string[];
  /** The longest time for one plan in milliseconds, and its seed. */
  readonly slowest: { readonly milliseconds: number; readonly seed: number };
}

/**
 * Reviews random plans in which secrets are planted, each as a file, and looks for them in the comment and in what is said of it.
 *
 * @param seed the first plan's; the next have the next numbers, so that one can be made again alone
 */
export function fuzz(count: number, seed: number): FuzzResult {
  const folder = mkdtempSync(join(tmpdir(), 'plan-review-fuzz-'));
  const file = join(folder, 'plan.json');
  const leaks: string[] = [];
  const crashes: string[] = [];
  let slowest = { milliseconds: 0, seed };
  try {
    for (let at = seed; at < seed + count; at++) {
      const { text, planted } = fuzzedPlan(new Random(at));
      writeFileSync(file, text);
      const began = process.cpuUsage();
      const { comment, problems } = reviewFiles({ plans: [['prod', file]], policy: new Map() });
      const { user, system } = process.cpuUsage(began);
      if ((user + system) / 1000 > slowest.milliseconds) slowest = { milliseconds: (user + system) / 1000, seed: at };
      leaks.push(...leaksIn(`${comment}\n${problems.join('\n')}`, planted).map((core) => `${at}: ${core}`));
      crashes.push(
        ...problems
          .filter((problem) => problem.includes('error of the review itself'))
          .map((problem) => `${at}: ${problem}`),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { plans: count, leaks, crashes, slowest };
}

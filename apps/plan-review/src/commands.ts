import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '@mlflow-on-aws/plan';
import { affectedEnvironments, allEnvironments, placeOf } from './environments';
import { renderComment } from './comment';
import { fingerprintLine } from './fingerprint';
import { gitHubFrom } from '@mlflow-on-aws/github';
import { publishComment, publishDrift, reviewedComment } from './publish';
import { review } from './review';
import { rulesTable } from './rules/catalog';
import { seal, unseal } from './seal';
import { applyPlan, makePlan, planFiles, stackFolder } from './terraform';
import { UserError } from '@mlflow-on-aws/command-line';

/** What a step of a workflow calls: its arguments, then what goes to standard output. */
type Command = (args: readonly string[]) => Promise<string> | string;

const root = process.cwd();
/** Beside the synthesized stacks, where git does not look: a plan holds every secret of its environment. */
const plans = join('cdktf.out', 'plans');

/** Every command beside the review itself, by name. */
export const commands: Readonly<Record<string, { readonly usage: string; readonly run: Command }>> = {
  rules: {
    usage: 'rules                          every rule of the review as a table: kind, types, attributes, verdict',
    run: () => rulesTable(),
  },
  environments: {
    usage: 'environments [BASE]            environments, or those that the commits since BASE may change, as JSON',
    run: ([base]) => JSON.stringify(base === undefined ? allEnvironments(root) : affectedEnvironments(root, base)),
  },
  place: {
    usage: 'place ENVIRONMENT              account and region, as lines of a GitHub output file',
    run: ([environment]) => {
      const { account, region } = placeOf(stackFolder(root, needed(environment, 'ENVIRONMENT')));
      return `account=${account}\nregion=${region}`;
    },
  },
  plan: {
    usage: 'plan ENVIRONMENT               plans a synthesized environment into cdktf.out/plans/',
    run: ([environment]) => {
      const name = needed(environment, 'ENVIRONMENT');
      makePlan(stackFolder(root, name), planFiles(plans, name));
      return '';
    },
  },
  apply: {
    usage: 'apply ENVIRONMENT              applies the plan in cdktf.out/plans/',
    run: ([environment]) => {
      const name = needed(environment, 'ENVIRONMENT');
      applyPlan(stackFolder(root, name), planFiles(plans, name));
      return '';
    },
  },
  seal: {
    usage: 'seal FILE...                   encrypts files with PLAN_KEY, in place of the files',
    run: (files) => {
      for (const file of files) {
        writeFileSync(`${file}.sealed`, seal(readFileSync(file), planKey()), { mode: 0o600 });
        rmSync(file);
      }
      return '';
    },
  },
  unseal: {
    usage: 'unseal FILE.sealed...          decrypts them',
    run: (files) => {
      for (const file of files) {
        writeFileSync(file.replace(/\.sealed$/, ''), opened(file), { mode: 0o600 });
        rmSync(file);
      }
      return '';
    },
  },
  comment: {
    usage:
      'comment PULL_REQUEST [FILE]    writes the one comment of a pull request; without FILE only an older one is changed',
    run: async ([pullRequest, file]) => {
      const number = Number(needed(pullRequest, 'PULL_REQUEST'));
      if (!Number.isInteger(number)) throw new UserError(`got pull request "${pullRequest}", want its number`);
      const body = file === undefined ? undefined : readFileSync(file, 'utf8');
      return (await publishComment(gitHubFrom(process.env), number, body)) ?? 'nothing to change';
    },
  },
  reviewed: {
    usage:
      'reviewed COMMIT ENVIRONMENT    stops unless the plan in cdktf.out/plans/ is the one that was reviewed with the commit',
    run: async ([commit, environment]) => {
      const name = needed(environment, 'ENVIRONMENT');
      const line = fingerprintLine(name, readPlan(planFiles(plans, name).json), planKey());
      const comment = await reviewedComment(gitHubFrom(process.env), needed(commit, 'COMMIT'));
      if (comment === undefined)
        throw new UserError(`${commit}: no reviewed plan, it came with no merged pull request`);
      if (comment.split(/\r?\n/).includes(line)) return `${name}: the plan is the one that was reviewed`;
      throw new UserError(
        `${name}: the plan is not the one that was reviewed, so it is not applied; review it in a pull request`,
      );
    },
  },
  drift: {
    usage:
      'drift ENVIRONMENT              opens, updates or closes the issue about drift, as the plan in cdktf.out/plans says',
    run: async ([environment]) => {
      const name = needed(environment, 'ENVIRONMENT');
      const plan = readPlan(planFiles(plans, name).json);
      if (plan.errored) throw new UserError(`${name}: Terraform met an error, so the plan says nothing about drift`);
      const judged = review([{ environment: name, plan }]);
      const drifted = judged.verdict !== 'nothing' || judged.environments.some(({ drift }) => drift.length > 0);
      const comment = drifted ? renderComment(judged) : undefined;
      return `${name}: issue ${await publishDrift(gitHubFrom(process.env), name, comment)}`;
    },
  },
};

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new UserError(`${name} is missing`);
  return value;
}

function planKey(): string {
  const key = process.env.PLAN_KEY ?? '';
  if (key.length < 16) throw new UserError('PLAN_KEY must be set to 16 or more characters, the same in every job');
  return key;
}

function opened(file: string): Buffer {
  if (!existsSync(file)) throw new UserError(`${file}: there is no such file`);
  try {
    return unseal(readFileSync(file), planKey());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: PLAN_KEY is another one than it was sealed with, or the file was changed`);
  }
}

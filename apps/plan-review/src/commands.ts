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
import { action, UserError } from '@mlflow-on-aws/command-line';
import { synthesize } from '@mlflow-on-aws/workbench';

const root = process.cwd();
/** Beside the synthesized stacks, where git does not look: a plan holds every secret of its environment. */
const plans = join('cdktf.out', 'plans');
const choices = { ENVIRONMENT: () => allEnvironments(root) };

/** How they are called. */
export const commandsUsage = `  rules                          every rule of the review as a table: kind, types, attributes, verdict
  environments [BASE]            environments, or those that the commits since BASE may change, as JSON
  place ENVIRONMENT              account and region, as lines of a GitHub output file
  plan ENVIRONMENT               plans an environment into cdktf.out/plans/
  apply ENVIRONMENT              applies the plan in cdktf.out/plans/
  seal FILE...                   encrypts files with PLAN_KEY, in place of the files
  unseal FILE.sealed...          decrypts them
  comment PULL_REQUEST [FILE]    writes the one comment of a pull request; without FILE only an older one is changed
  reviewed COMMIT ENVIRONMENT    stops unless the plan in cdktf.out/plans/ is the one that was reviewed with the commit
  drift ENVIRONMENT              opens, updates or closes the issue about drift, as the plan in cdktf.out/plans says`;

/** Every command beside the review itself, by name: what a step of a workflow calls. */
export const commands = {
  rules: action({ run: () => console.log(rulesTable()) }),
  environments: action({
    positionals: ['[BASE]'],
    run: ({ positionals: [base] }) =>
      console.log(JSON.stringify(base === undefined ? allEnvironments(root) : affectedEnvironments(root, base))),
  }),
  place: action({
    positionals: ['ENVIRONMENT'],
    choices,
    run: ({ positionals: [name] }) => {
      const { account, region } = placeOf(stackFolder(root, name));
      console.log(`account=${account}\nregion=${region}`);
    },
  }),
  plan: action({
    positionals: ['ENVIRONMENT'],
    choices,
    run: ({ positionals: [name] }) => {
      // In a workflow another job has synthesized it, which has no credentials.
      if (!process.env.GITHUB_ACTIONS) synthesize([name]);
      makePlan(stackFolder(root, name), planFiles(plans, name));
    },
  }),
  apply: action({
    positionals: ['ENVIRONMENT'],
    choices,
    run: ({ positionals: [name] }) => applyPlan(stackFolder(root, name), planFiles(plans, name)),
  }),
  seal: action({
    positionals: ['FILE...'],
    run: ({ positionals: files }) => {
      for (const file of files) {
        writeFileSync(`${file}.sealed`, seal(readFileSync(file), planKey()), { mode: 0o600 });
        rmSync(file);
      }
    },
  }),
  unseal: action({
    positionals: ['FILE.sealed...'],
    run: ({ positionals: files }) => {
      for (const file of files) {
        writeFileSync(file.replace(/\.sealed$/, ''), opened(file), { mode: 0o600 });
        rmSync(file);
      }
    },
  }),
  comment: action({
    positionals: ['PULL_REQUEST', '[FILE]'],
    run: async ({ positionals: [pullRequest, file] }) => {
      const number = Number(pullRequest);
      if (!Number.isInteger(number)) throw new UserError(`got pull request "${pullRequest}", want its number`);
      const body = file === undefined ? undefined : readFileSync(file, 'utf8');
      console.log((await publishComment(gitHubFrom(process.env), number, body)) ?? 'nothing to change');
    },
  }),
  reviewed: action({
    positionals: ['COMMIT', 'ENVIRONMENT'],
    choices,
    run: async ({ positionals: [commit, name] }) => {
      const line = fingerprintLine(name, readPlan(planFiles(plans, name).json), planKey());
      const comment = await reviewedComment(gitHubFrom(process.env), commit);
      if (comment === undefined)
        throw new UserError(`${commit}: no reviewed plan, it came with no merged pull request`);
      if (!comment.split(/\r?\n/).includes(line))
        throw new UserError(
          `${name}: the plan is not the one that was reviewed, so it is not applied; review it in a pull request`,
        );
      console.log(`${name}: the plan is the one that was reviewed`);
    },
  }),
  drift: action({
    positionals: ['ENVIRONMENT'],
    choices,
    run: async ({ positionals: [name] }) => {
      const plan = readPlan(planFiles(plans, name).json);
      if (plan.errored) throw new UserError(`${name}: Terraform met an error, so the plan says nothing about drift`);
      const judged = review([{ environment: name, plan }]);
      const drifted = judged.verdict !== 'nothing' || judged.environments.some(({ drift }) => drift.length > 0);
      const comment = drifted ? renderComment(judged) : undefined;
      console.log(`${name}: issue ${await publishDrift(gitHubFrom(process.env), name, comment)}`);
    },
  }),
};

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

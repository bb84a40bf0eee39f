import { action, runProgram } from '@mlflow-on-aws/command-line';
import { bootstraps, composeBootstrap } from '@mlflow-on-aws/bootstrap';
import { EnvironmentError, placeholders } from '@mlflow-on-aws/config';
import { bootstrapHint, stateBucketExists } from '@mlflow-on-aws/foundation';
import { TrackingEnvironment } from '@mlflow-on-aws/mlflow';
import { Annotations, App } from 'cdktf';
import { askedFor, commandLinesAbove, wordsOf } from './asked';
import { hasCredentials, isEmulated } from './credentials';
import { allEnvironments } from './index';
import { placeProviderLock } from './provider-lock';

/** Every stack that the root cdktf.json knows; `cdktf list` prints them. Of those whose file is wrong only the ones asked for matter. */
async function synthesize(named: readonly string[]): Promise<void> {
  const app = new App();
  const read = allEnvironments();
  const stopping = read.wrong.length > 0 ? askedFor(read, named.length > 0 ? named : wordsOf(commandLinesAbove())) : [];
  if (stopping.length > 0) throw new EnvironmentError(stopping.flatMap(({ problems }) => problems));
  for (const { path, problems } of read.wrong) {
    process.stderr.write([...problems, `${path}: its stack is left out`, ''].join('\n'));
  }

  for (const bootstrap of bootstraps(read.environments)) {
    const { stack, accountId, region } = bootstrap;
    // Terraform only says that a bucket is missing. Without credentials nobody is about to deploy, and nobody is asked.
    const bucketExists = hasCredentials() ? await stateBucketExists(accountId, region) : undefined;
    // Made without one environment it would take the roles of that one away.
    if (read.wrong.length === 0) composeBootstrap(app, bootstrap, process.cwd(), bucketExists);
    for (const environment of bootstrap.environments) {
      const tracking = new TrackingEnvironment(app, environment.name, environment);
      // The emulated AWS takes every example.
      const examples = hasCredentials() && !isEmulated() ? placeholders(environment) : [];
      for (const example of examples) Annotations.of(tracking).addWarning(example);
      if (bucketExists === false) Annotations.of(tracking).addWarning(bootstrapHint(accountId, region, stack));
    }
  }
  app.synth();
  for (const stack of app.node.children) placeProviderLock(process.cwd(), stack.node.id, app.outdir);
}

const usage = `node apps/run.mjs stacks [STACK...]

Synthesizes every stack into cdktf.out; "npx cdktf synth" calls it.

  STACK  those whose environment files must be right: others that are wrong are told and left out
`;
void runProgram({
  name: 'node apps/run.mjs stacks',
  usage,
  action: action({ positionals: ['[STACK...]'], run: ({ positionals }) => synthesize(positionals) }),
});

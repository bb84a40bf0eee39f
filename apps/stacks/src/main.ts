import { action, runProgram } from '@mlflow-on-aws/command-line';
import { bootstraps, composeBootstrap } from '@mlflow-on-aws/bootstrap';
import { bootstrapHint, stateBucketExists } from '@mlflow-on-aws/foundation';
import { TrackingEnvironment } from '@mlflow-on-aws/mlflow';
import { Annotations, App } from 'cdktf';
import { hasCredentials } from './credentials';
import { environments } from './index';
import { placeProviderLock } from './provider-lock';

/** Every stack that the root cdktf.json knows; `cdktf list` prints them. */
async function synthesize(): Promise<void> {
  const app = new App();
  for (const bootstrap of bootstraps(environments())) {
    const { stack, accountId, region } = bootstrap;
    // Terraform only says that a bucket is missing. Without credentials nobody is about to deploy, and nobody is asked.
    const bucketExists = hasCredentials() ? await stateBucketExists(accountId, region) : undefined;
    composeBootstrap(app, bootstrap, process.cwd(), bucketExists);
    for (const environment of bootstrap.environments) {
      const tracking = new TrackingEnvironment(app, environment.name, environment);
      if (bucketExists === false) Annotations.of(tracking).addWarning(bootstrapHint(accountId, region, stack));
    }
  }
  app.synth();
  for (const stack of app.node.children) placeProviderLock(process.cwd(), stack.node.id, app.outdir);
}

const usage = `node apps/run.mjs stacks

Synthesizes every stack into cdktf.out; "npx cdktf synth" calls it.
`;
void runProgram({ name: 'node apps/run.mjs stacks', usage, action: action({ run: synthesize }) });

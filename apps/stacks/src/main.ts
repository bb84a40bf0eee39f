import { composeBootstrap } from '@mlflow-on-aws/bootstrap';
import { bootstrapHint, stateBucketExists } from '@mlflow-on-aws/foundation';
import { TrackingEnvironment } from '@mlflow-on-aws/mlflow';
import { Annotations, App } from 'cdktf';
import { environments } from './index';

/** Every stack that the root cdktf.json knows; `cdktf list` prints them. */
async function main(): Promise<void> {
  const app = new App();
  for (const environment of environments()) {
    if (app.node.tryFindChild('bootstrap') === undefined) composeBootstrap(app, environment);
    const stack = new TrackingEnvironment(app, environment.name, environment);
    // Terraform only says that a bucket is missing. Without credentials nobody is about to deploy, and nobody is asked.
    if (hasCredentials() && (await stateBucketExists(environment.accountId, environment.region)) === false) {
      Annotations.of(stack).addWarning(bootstrapHint(environment.accountId, environment.region));
    }
  }
  app.synth();
}

function hasCredentials(): boolean {
  return ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some((name) => process.env[name]);
}

main().catch((error: Error) => {
  // A mistake in an environment file is explained by its message; a stack trace would only bury it.
  process.stderr.write(`${error.name === 'EnvironmentError' ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

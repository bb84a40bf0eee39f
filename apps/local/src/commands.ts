import { dataDirectory, exclusively, logTail, prepareTools, Progress, rememberedTools } from '@mlflow-on-aws/workbench';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from './machine';
import { LocalEnvironment } from './local-environment';
import { UserError } from '@mlflow-on-aws/command-line';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Brings an environment up, runs the quickstart in it and says what to do next. */
export async function up(name = 'dev'): Promise<void> {
  const environment = environmentNamed(name);
  const directory = dataDirectory(name);
  const progress = new Progress();
  await alone(name, async () => {
    const local = new LocalEnvironment(directory, environment, await prepareTools(directory, progress), progress);
    await local.up();
    const made = await progress.step('Run the quickstart', () => local.quickstart());
    const uri = local.trackingUri;
    say(`
MLflow is running (${progress.total}).

  UI                  ${uri}
  Quickstart run      ${uri}/#/experiments/${made.experimentId}/runs/${made.runId}
  Registered model    ${uri}/#/models/${made.model}/versions/${made.modelVersion}
  Artifacts           ${made.artifactUri}
  Artifact bucket     s3://${local.outputs.artifact_bucket}

Next: point clients at it     eval "$(${command(name, 'env', 'npm run -s')})"
      see what runs           ${command(name, 'status')}
      stop, keep the data     ${command(name, 'down')}`);
  });
}

/** Stops an environment; with `wipe` forgets what it kept. */
export async function down(name = 'dev', wipe = false): Promise<void> {
  await alone(name, async () => {
    await known(name)?.down();
    if (wipe) rmSync(dataDirectory(name), { recursive: true, force: true });
  });
  say(
    wipe
      ? 'Stopped and forgotten.'
      : `Stopped. "${command(name, 'up')}" brings it back with its data; "${command(name, 'down')} --wipe" forgets it.`,
  );
}

/** Prints what runs, and where. */
export async function status(name = 'dev'): Promise<void> {
  const local = known(name);
  if (local === undefined) {
    say(`${name} was not started on this machine: ${command(name, 'up')}`);
    return;
  }
  const running = (yes: boolean) => (yes ? 'running' : 'stopped');
  const healthy = await answersOk(`${local.trackingUri}/health`);
  say(`emulated AWS   ${running(local.aws.running)}${local.aws.running ? `   ${local.aws.endpoint.proxyUrl}` : ''}`);
  say(`PostgreSQL     ${running(local.postgres.running)}`);
  if (local.environment.database.readReplica) say(`read replica   ${running(local.replica.running)}`);
  say(`MLflow         ${healthy ? `healthy   ${local.trackingUri}` : 'stopped'}`);
  say(`data and logs  ${local.directory}`);
  if (!healthy) process.exitCode = 1;
}

/** What has a log of its own. */
export const parts = ['mlflow', 'postgres', 'replica', 'emulated-aws', 'load-balancer'] as const;

/** Prints the newest lines of one part's log; of a fleet, those of every server. */
export function logs(part = 'mlflow', name = 'dev'): void {
  const machines = join(dataDirectory(name), 'machines');
  const servers = existsSync(machines) ? readdirSync(machines).map((id) => join('machines', id)) : ['machine'];
  const folders = part === 'mlflow' ? servers : [part];
  for (const folder of folders) {
    if (folders.length > 1) say(`--- ${folder}`);
    say(logTail({ name: part, directory: join(dataDirectory(name), folder) }, 100));
  }
}

/** Prints shell lines that point clients at the environment. */
export async function env(name = 'dev'): Promise<void> {
  const local = known(name);
  if (local === undefined || !local.aws.running)
    throw new UserError(`${name} does not run: start it with "${command(name, 'up')}"`);
  for (const [variable, value] of Object.entries(await local.clientEnvironment()))
    say(`export ${variable}='${value.replaceAll("'", `'\\''`)}'`);
}

/** A command of `npm run local` about an environment, as a person types it. */
function command(name: string, verb: string, run = 'npm run'): string {
  if (name !== 'dev') return `${run} local -- ${verb} ${name}`;
  return verb === 'up' ? `${run} local` : `${run} local -- ${verb}`;
}

function known(name: string): LocalEnvironment | undefined {
  const directory = dataDirectory(name);
  const tools = rememberedTools(directory);
  return tools && new LocalEnvironment(directory, environmentNamed(name), tools, new Progress());
}

/** One command at a time: a second `up` waits for the first and then finds everything running. */
function alone(name: string, work: () => Promise<void>): Promise<void> {
  return exclusively(`${dataDirectory(name)}.lock`, (message) => process.stderr.write(`${message}\n`), work);
}

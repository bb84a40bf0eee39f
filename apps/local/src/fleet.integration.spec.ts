import {
  findChromium,
  openBrowser,
  prepareTools,
  Progress,
  SecondCheckout,
  TrackingUi,
} from '@mlflow-on-aws/workbench';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { cdktf } from './deployment';
import { LocalEnvironment, type Quickstart } from './local-environment';

// The unmodified prod stack: two servers behind a load balancer. Each test is a station of its life.
jest.setTimeout(20 * 60_000);

const environment = environmentNamed('prod');
const { region } = environment;
let directory: string;
let local: LocalEnvironment;
let login: string;
let checkout: SecondCheckout;
let made: Quickstart;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'mlflow fleet ')));
  chmodSync(directory, 0o755);
  const progress = new Progress();
  local = new LocalEnvironment(directory, environment, await prepareTools(directory, progress), progress);
  await local.up();
  checkout = new SecondCheckout(join(directory, 'checkout'), local.cdktf.environment);
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = await local.clientEnvironment();
  login = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
});

afterAll(async () => {
  await local?.down();
  rmSync(directory, { recursive: true, force: true });
});

const aws = async (...args: string[]) => JSON.parse((await local.aws.cli(region, ...args, '--output', 'json')) || '{}');

interface Rule {
  readonly Priority: string;
  readonly Actions: readonly { readonly Type: string }[];
}

const ask = (question: string) =>
  fetch(`${local.trackingUri}/api/2.0/mlflow/${question}`, { headers: { authorization: login } });

/** A client that logs runs all the time, and sends again what was not answered, as MLflow's does. */
class Client {
  public readonly runs: string[] = [];
  public sentAgain = 0;
  private stopping = false;
  private readonly working = this.work();

  public async stop(): Promise<void> {
    this.stopping = true;
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.stopping) this.runs.push(await this.createRun());
  }

  private async createRun(): Promise<string> {
    for (let attempt = 1; attempt <= 7; attempt++) {
      const answer = await fetch(`${local.trackingUri}/api/2.0/mlflow/runs/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: login },
        body: JSON.stringify({ experiment_id: '0', start_time: Date.now() }),
      }).catch(() => undefined);
      if (answer?.ok) return ((await answer.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
      if (answer && answer.status < 500) throw new Error(`${answer.status} ${await answer.text()}`);
      this.sentAgain++;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
    throw new Error('the client gave up');
  }

  public async missing(): Promise<string[]> {
    const there = new Set(
      (await local.postgres.sql(local.databasePort, 'mlflow_db', 'SELECT run_uuid FROM runs')).trim().split('\n'),
    );
    return this.runs.filter((run) => !there.has(run));
  }
}

const served = async (count: number, client: Client) => {
  const until = client.runs.length + count;
  while (client.runs.length < until) await new Promise((resolve) => setTimeout(resolve, 50));
};

test('after a deploy, a second plan says that there is nothing to do', async () => {
  await cdktf(local.cdktf, () => undefined, 'diff', 'prod');
  expect(readFileSync(join(directory, 'cdktf-diff.log'), 'utf8')).toContain('No changes');
});

test('the tutorial’s client works with the administrator’s password, and nobody without one', async () => {
  made = await local.quickstart();
  expect(made).toMatchObject({ model: 'iris-classifier', modelVersion: '1' });
  expect((await fetch(`${local.trackingUri}/api/2.0/mlflow/experiments/get?experiment_id=0`)).status).toBe(401);
});

/** Asks the load balancer by TLS, its certificate checked for its name, for another host; resolves to the status. */
const askFor = (host: string) =>
  new Promise<number>((resolve, reject) => {
    const { name, port, certificateAuthority } = local.secureAddress;
    const headers = { host, authorization: login };
    request(
      { port, host: '127.0.0.1', servername: name, ca: readFileSync(certificateAuthority), headers },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    )
      .on('error', reject)
      .end();
  });

test('the load balancer answers by TLS to its name, and MLflow to no other', async () => {
  expect(await askFor(local.secureAddress.name)).toBe(200);
  expect(await askFor('attacker.example.org')).toBe(403);
});

const chromium = findChromium();
if (chromium === undefined) process.stderr.write('not shown: no Chromium\n');

(chromium === undefined ? describe.skip : describe)('in a browser, by the load balancer’s name', () => {
  let browser: Browser;
  let context: BrowserContext;
  let address: string;

  beforeAll(async () => {
    const { name, port, certificateAuthority } = local.secureAddress;
    address = `https://${name}`;
    const trusted = join(dirname(certificateAuthority), 'server.crt');
    browser = await openBrowser(chromium as string, { hosts: { [`${name}:443`]: port }, certificateFile: trusted });
    const { MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } = await local.clientEnvironment();
    context = await browser.newContext({
      httpCredentials: { username: `${MLFLOW_TRACKING_USERNAME}`, password: `${MLFLOW_TRACKING_PASSWORD}` },
    });
  });
  afterAll(() => browser?.close());

  const experiment = async (name: string) => {
    const answer = await ask(`experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`);
    return answer.ok ? ((await answer.json()) as { experiment: { experiment_id: string } }).experiment : undefined;
  };

  test('an experiment is made and renamed, a run’s model registered, an artifact downloaded', async () => {
    const ui = await TrackingUi.open(context, address);
    await ui.createExperiment('churn');
    const { experiment_id: id } = (await experiment('churn'))!;
    await ui.renameExperiment(id, 'churn, second attempt');
    expect(await experiment('churn')).toBeUndefined();
    expect(await experiment('churn, second attempt')).toMatchObject({ experiment_id: id });

    await ui.registerModel(made.experimentId, made.runId, 'models', 'registered-by-hand');
    const versions = await (
      await ask(`model-versions/search?filter=${encodeURIComponent("name='registered-by-hand'")}`)
    ).json();
    expect(versions).toMatchObject({ model_versions: [{ version: '1', run_id: made.runId }] });

    const { content } = await ui.download(made.experimentId, made.runId, 'MLmodel');
    expect(content).toContain('python_function');
  });

  test('a page of another origin changes nothing, although the browser knows the password', async () => {
    const page = await context.newPage();
    await page.route('https://attacker.example.org/', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('https://attacker.example.org/');
    const [answer] = await Promise.all([
      page.waitForResponse(`${address}/ajax-api/2.0/mlflow/experiments/create`),
      page.evaluate(
        (server) =>
          // A simple request: the browser sends it without asking the server first.
          fetch(`${server}/ajax-api/2.0/mlflow/experiments/create`, {
            method: 'POST',
            mode: 'no-cors',
            credentials: 'include',
            body: '{"name": "theirs"}',
          }).then(() => undefined),
        address,
      ),
    ]);
    expect(answer.status()).toBe(403);
    expect(await experiment('theirs')).toBeUndefined();
  });
});

test('artifacts are under the environment’s own key', async () => {
  const [{ ServerSideEncryptionConfiguration }] = [
    await aws('s3api', 'get-bucket-encryption', '--bucket', local.outputs.artifact_bucket as string),
  ];
  expect(ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm).toBe('aws:kms');
});

test('a client keeps working while a server is killed', async () => {
  const [first] = await local.fleet();
  const client = new Client();
  await served(20, client);
  process.kill(first!.machine.pid, 'SIGKILL');
  await served(50, client);
  await client.stop();
  expect(await client.missing()).toEqual([]);
  await local.up(); // what Auto Scaling does with a server that does not answer
});

test('a client keeps working, with no request sent again, while a rolling refresh goes through', async () => {
  const before = (await local.fleet()).map(({ instanceId }) => instanceId);
  const client = new Client();
  await served(20, client);
  await aws(
    ...['autoscaling', 'start-instance-refresh'],
    ...['--auto-scaling-group-name', local.outputs.auto_scaling_group as string],
  );
  await local.up();
  await served(20, client);
  await client.stop();
  const after = (await local.fleet()).map(({ instanceId }) => instanceId);
  expect(after).toHaveLength(2);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
  expect(client.sentAgain).toBe(0);
  expect(await client.missing()).toEqual([]);
});

test('password and key of the administrator are in no state, plan or log', async () => {
  const { MLFLOW_TRACKING_PASSWORD: password } = await local.clientEnvironment();
  expect(password!.length).toBeGreaterThan(20);
  const [state, deployed] = [await local.state(), readFileSync(join(directory, 'cdktf-deploy.log'), 'utf8')];
  expect(state).toContain('aws_secretsmanager_secret');
  for (const text of [state, deployed]) expect(text).not.toContain(password);
  for (const { machine } of await local.fleet()) {
    expect(readFileSync(`/proc/${machine.pid}/environ`, 'utf8')).not.toContain(password);
    expect(JSON.stringify(machine.config)).not.toContain(password);
  }
});

test('a destroy is refused, and nothing is gone', async () => {
  const before = JSON.parse(await local.state()).resources.length;
  await expect(local.destroy()).rejects.toThrow(/cdktf destroy failed/);
  expect(JSON.parse(await local.state()).resources).toHaveLength(before);
  expect((await aws('rds', 'describe-db-instances')).DBInstances).toHaveLength(1);
  expect((await fetch(`${local.trackingUri}/health`)).status).toBe(200);
});

test('sign-on at the load balancer: rules that CloudFormation made, and a client secret that Terraform never saw', async () => {
  const clientSecret = randomBytes(24).toString('hex');
  const { ARN: clientSecretArn } = await aws(
    ...['secretsmanager', 'create-secret', '--name', 'prod-oidc'],
    ...['--secret-string', JSON.stringify({ client_secret: clientSecret })],
  );
  const endpoint = (path: string) => `https://login.example.com/${path}`;
  const oidc = {
    issuer: 'https://login.example.com',
    authorizationEndpoint: endpoint('authorize'),
    tokenEndpoint: endpoint('token'),
    userInfoEndpoint: endpoint('me'),
    jwksEndpoint: endpoint('keys'),
    clientId: 'mlflow',
    clientSecretArn,
    tokenClaim: { name: 'aud', format: 'single-string', values: ['mlflow'] },
  };
  checkout.edit('apps/prod/environment.ts', 'access: {', "access: {\n    authentication: 'none',");
  checkout.edit('apps/prod/environment.ts', 'loadBalancer: {', `loadBalancer: {\n    oidc: ${JSON.stringify(oidc)},`);
  const deployed = await checkout.cdktf(['deploy', 'prod', '--auto-approve']);
  if (deployed.code !== 0) throw new Error(deployed.said.slice(-3000));
  const plan = await checkout.terraform('prod', ['plan', '-input=false', '-no-color', '-out=again']);
  expect(plan.said).toContain('No changes');
  const shown = await checkout.terraform('prod', ['show', '-json', 'again']);

  const [{ LoadBalancerArn }] = (await aws('elbv2', 'describe-load-balancers')).LoadBalancers;
  const { Listeners } = await aws('elbv2', 'describe-listeners', '--load-balancer-arn', LoadBalancerArn);
  const https = Listeners.find(({ Port }: { Port: number }) => Port === 443).ListenerArn;
  const { Rules } = await aws('elbv2', 'describe-rules', '--listener-arn', https);
  const actions = Rules.map(({ Priority, Actions }: Rule) => [Priority, Actions.map(({ Type }) => Type).join()]);
  expect(actions.sort()).toEqual([
    ['10', 'jwt-validation,forward'],
    ['20', 'authenticate-oidc,forward'],
    ['30', 'authenticate-oidc,forward'],
    ['default', 'fixed-response'],
  ]);
  // The emulated AWS looks a secret up as CloudFormation does, and shows it where AWS would not.
  expect(JSON.stringify(Rules)).toContain(clientSecret);
  for (const text of [await local.state(), shown.printed, deployed.said]) {
    expect(text).toContain('sign-on');
    expect(text).not.toContain(clientSecret);
  }
});

test('the documented way removes it for good, and leaves the snapshot', async () => {
  checkout.edit('apps/prod/environment.ts', "name: 'prod',", "name: 'prod',\n  beingRemoved: true,");
  for (const command of ['deploy', 'destroy']) {
    const { code, said } = await checkout.cdktf([command, 'prod', '--auto-approve']);
    if (code !== 0) throw new Error(said.slice(-3000));
  }
  expect((await aws('rds', 'describe-db-instances')).DBInstances).toEqual([]);
  expect((await aws('ec2', 'describe-vpcs', '--filters', 'Name=is-default,Values=false')).Vpcs).toEqual([]);
  const { DBSnapshots } = await aws('rds', 'describe-db-snapshots', '--snapshot-type', 'manual');
  expect(DBSnapshots.map((one: { DBSnapshotIdentifier: string }) => one.DBSnapshotIdentifier)).toEqual([
    expect.stringMatching(/^prod-mlflow-backend-db-final-\d{14}$/),
  ]);
});

import { applyRoleName, maxSessionSeconds, planRoleName } from '@mlflow-on-aws/foundation';
import { workflow, workflowNames, workflowText } from '@mlflow-on-aws/github';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const jobs = workflowNames.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([job, content]) => ({ name: `${name}.${job}`, content })),
);
const steps = jobs.flatMap(({ name, content }) => (content.steps ?? []).map((step) => ({ name, step })));

it('pins every action to a commit, and says which release that is', () => {
  const uses = workflowNames.flatMap((name) => workflowText(name).match(/uses: .*/g) ?? []);
  const actions = uses.filter((line) => !line.includes('./.github/'));
  expect(actions.length).toBeGreaterThan(10);
  for (const line of actions) expect(line).toMatch(/^uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it('pins an action to the same commit everywhere', () => {
  const pins = new Map<string, string>();
  for (const { step } of steps) {
    if (step.uses === undefined) continue;
    const [action = '', commit = ''] = step.uses.split('@');
    expect(pins.get(action) ?? commit).toBe(commit);
    pins.set(action, commit);
  }
});

it.each(workflowNames)('%s grants nothing by default but reading', (name) => {
  expect([{}, { contents: 'read' }]).toContainEqual(workflow(name).permissions);
});

it('gives an AWS role and a key to no pull request of a fork', () => {
  const events = workflowNames.map((name) => Object.keys(workflow(name).on));
  expect(events.flat()).not.toContain('pull_request_target');
  const guarded = Object.entries(workflow('plan').jobs).filter(
    ([, { permissions, steps: own }]) => permissions?.['id-token'] || JSON.stringify(own).includes('secrets.'),
  );
  expect(guarded.map(([job]) => job)).toEqual(['plan', 'comment']);
  for (const [, { if: condition }] of guarded) {
    expect(condition).toContain('github.event.pull_request.head.repo.full_name == github.repository');
  }
});

it('never has a token that writes beside AWS credentials in a pull request', () => {
  for (const { content } of jobs.filter(({ name }) => name.startsWith('plan.'))) {
    const { permissions = {} } = content;
    expect(permissions['id-token'] === 'write' && permissions['pull-requests'] === 'write').toBe(false);
  }
});

it('synthesizes without credentials', () => {
  for (const { name, content } of jobs.filter(({ name: job }) => job.endsWith('.synth'))) {
    expect([name, content.permissions]).toEqual([name, { contents: 'read' }]);
    expect(JSON.stringify(content)).not.toMatch(/secrets\.|configure-aws-credentials/);
  }
});

it('asks for credentials that last as long as the job, and no longer than the roles allow', () => {
  for (const { name, content } of jobs) {
    for (const step of content.steps ?? []) {
      if (!step.uses?.startsWith('aws-actions/configure-aws-credentials@')) continue;
      const seconds = Number(step.with?.['role-duration-seconds']);
      const minutes = (content as { 'timeout-minutes'?: number })['timeout-minutes'];
      // Source: aws-actions/configure-aws-credentials, README: an hour unless it is said.
      expect([name, seconds]).toEqual([name, Number(minutes) * 60]);
      expect(seconds).toBeLessThanOrEqual(maxSessionSeconds);
      // Source: AWS STS API reference, "AssumeRoleWithWebIdentity": 15 minutes at least.
      expect(seconds).toBeGreaterThanOrEqual(900);
    }
  }
});

it('saves the state that an apply could not save, with new credentials', () => {
  const { steps: own = [] } = workflow('deploy-environment').jobs.deploy ?? {};
  const applied = own.findIndex(({ run }) => run?.includes('-- apply'));
  const [credentials, save] = own.slice(applied + 1);
  expect(credentials?.uses).toMatch(/^aws-actions\/configure-aws-credentials@/);
  expect(save?.run).toBe('terraform -chdir="cdktf.out/stacks/$ENVIRONMENT" state push errored.tfstate');
  for (const step of [credentials, save]) {
    expect(step?.if).toBe(
      "failure() && hashFiles(format('cdktf.out/stacks/{0}/errored.tfstate', inputs.environment)) != ''",
    );
  }
});

it('asks for the roles that bootstrap makes', () => {
  const asked = (name: string, job: string): string | undefined =>
    workflow(name).jobs[job]?.steps?.find((step) => step.with?.['role-to-assume'])?.with?.['role-to-assume'];
  const role = (name: string, environment: string): string =>
    `arn:aws:iam::\${{ steps.place.outputs.account }}:role/${name.replace('ENVIRONMENT', `\${{ ${environment} }}`)}`;
  expect(asked('plan', 'plan')).toBe(role(planRoleName('ENVIRONMENT'), 'matrix.environment'));
  expect(asked('drift', 'drift')).toBe(role(planRoleName('ENVIRONMENT'), 'matrix.environment'));
  expect(asked('deploy-environment', 'deploy')).toBe(role(applyRoleName('ENVIRONMENT'), 'inputs.environment'));
});

it('never cancels an apply', () => {
  const applying = jobs.filter(({ content }) => JSON.stringify(content.steps ?? []).includes('-- apply '));
  expect(applying.map(({ name }) => name)).toEqual(['deploy-environment.deploy']);
  for (const { content } of applying) expect(content.concurrency?.['cancel-in-progress']).toBe(false);
  expect(workflow('deploy')).not.toHaveProperty('concurrency');
});

it('puts no expression into a shell: values come by the environment', () => {
  for (const { step } of steps) expect(step.run ?? '').not.toContain('${{');
});

it('runs commands of this repository, and of the shell around them', () => {
  const programs = steps.flatMap(
    ({ step }) => (step.run ?? '').match(/(?:^|[\n(]|then |if )\s*(npm|npx|node|terraform|aws|curl|gh)\b[^\n]*/g) ?? [],
  );
  expect(programs.length).toBeGreaterThan(15);
  for (const program of programs) {
    expect(program.replace(/^.*?(npm|npx)/s, '$1')).toMatch(
      /^(npm ci$|npm run -s (plan-review|policy|upgrade) -- |npx (cdktf synth$|nx (affected|run-many) |prettier --check \.$)|terraform -chdir=\S+ state push )/,
    );
  }
});

describe('a target of Nx', () => {
  const targets = new Set(
    ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((name) => {
        const file = join(root, folder, name, 'package.json');
        return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8')).nx.targets) : [];
      }),
    ),
  );
  const quick = ['build', 'lint', 'typecheck', 'test', 'pytest', 'synth'];
  const slow = ['integration', 'policy', 'killed'];
  // What a maintainer asks for.
  const byHand = ['bench', 'faults', 'fuzz', 'update-data'];

  it('runs for a pull request, every night and before prod, or by hand', () => {
    expect([...targets].sort()).toEqual([...quick, ...slow, ...byHand].sort());
    const affected = steps.map(({ step }) => step.run ?? '').find((run) => run.includes('nx affected'));
    expect(/ -t ([a-z ]+) --/.exec(affected ?? '')?.[1]?.split(' ')).toEqual(quick);
    expect(Object.keys(workflow('ci').on)).toContain('pull_request');
    expect(workflowText('integration')).toContain(`target: [${slow.join(', ')}]`);
    expect(Object.keys(workflow('integration').on)).toEqual(expect.arrayContaining(['schedule', 'workflow_call']));
  });

  it('stops prod when it fails', () => {
    const { prod, integration } = workflow('deploy').jobs;
    expect(integration?.uses).toBe('./.github/workflows/integration.yml');
    expect(prod?.if).toContain("needs.integration.result == 'success'");
    expect(workflowText('deploy')).toContain('needs: [synth, dev, integration]');
  });
});

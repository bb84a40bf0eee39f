import { UserError } from '@mlflow-on-aws/command-line';
import { parseEnvironment } from '@mlflow-on-aws/config';
import { environments } from '@mlflow-on-aws/stacks';
import { TrackingEnvironment } from '@mlflow-on-aws/mlflow';
import { testApp } from '@mlflow-on-aws/testing';
import { Testing } from 'cdktf';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cost } from './index';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cost-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function costOf(name: string, json: string): string {
  mkdirSync(join(folder, 'stacks', name), { recursive: true });
  writeFileSync(join(folder, 'stacks', name, 'cdk.tf.json'), json);
  return cost(name, undefined, folder);
}

describe.each(environments())('$name', (environment) => {
  it('is priced whole: nothing that it makes is without a rule', () => {
    const said = costOf(environment.name, Testing.synth(new TrackingEnvironment(testApp(), 'it', environment)));
    expect(said).toMatch(/^ +\$\d+\.\d\d {2}in all/m);
    expect(said).not.toContain('Not priced');
  });
});

test('a free-tier environment costs its two secrets, as long as the free tier lasts', () => {
  const dev = parseEnvironment(
    { template: 'free-tier', name: 'dev', accountId: '123456789012', region: 'us-east-1' },
    'environment.ts',
  );
  const said = costOf('dev', Testing.synth(new TrackingEnvironment(testApp(), 'dev', dev)));
  expect(said).toMatch(/in all; \$0\.80 with AWS’s free tiers$/m);
  expect(said).toMatch(/8 × alarm/);
});

test('a plan is priced as Terraform will make it', () => {
  const plan = join(folder, 'plan.json');
  writeFileSync(
    plan,
    JSON.stringify({
      format_version: '1.2',
      planned_values: {
        root_module: {
          resources: [{ address: 'aws_kms_key.a', mode: 'managed', type: 'aws_kms_key', name: 'a', values: {} }],
        },
      },
      configuration: {
        provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'us-east-1' } } } },
      },
    }),
  );
  expect(cost('dev', plan, folder)).toContain('$1.00  key  (aws_kms_key.a)');
});

test('mistakes are named, with what would be right', () => {
  expect(() => cost('nope', undefined, folder)).toThrow(/^STACK: got "nope", want .*dev/);
  expect(() => cost('dev', undefined, join(folder, 'none'))).toThrow(
    /none.*cannot be read \(ENOENT\).*npx cdktf synth/,
  );
  expect(() => cost('dev', join(folder, 'none.json'), folder)).toThrow(UserError);
});

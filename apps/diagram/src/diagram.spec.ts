import { UserError } from '@mlflow-on-aws/command-line';
import { parseEnvironment, type EnvironmentInput } from '@mlflow-on-aws/config';
import { architectureOf, Stack } from '@mlflow-on-aws/drawing';
import { TrackingEnvironment } from '@mlflow-on-aws/mlflow';
import { testApp } from '@mlflow-on-aws/testing';
import { Testing } from 'cdktf';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagram } from './diagram';

const identity = { template: 'free-tier', name: 'dev', accountId: '123456789012', region: 'us-east-1' } as const;

function synthesized(more: Partial<EnvironmentInput> = {}): string {
  const environment = parseEnvironment({ ...identity, ...more }, 'environment.ts');
  return Testing.synth(new TrackingEnvironment(testApp(), 'dev', environment));
}

describe('the stack dev', () => {
  const arrowsOf = (json: string): string[] => {
    const short = (id: string): string => id.replace(/^(aws_\w+)\..*$/, '$1');
    return architectureOf(new Stack(JSON.parse(json))).edges.map(
      ({ from, to, labels }) => `${short(from)} -> ${short(to)}: ${labels.join(', ')}`,
    );
  };

  it('lets the server reach its stores, and nobody from outside reach the server but through Session Manager', () => {
    expect(arrowsOf(synthesized()).sort()).toEqual([
      'aws_instance -> aws_db_instance: PostgreSQL 5432',
      'aws_instance -> aws_internet_gateway: HTTPS 443',
      'aws_instance -> aws_secretsmanager_secret: HTTPS 443',
      'aws_instance -> aws_vpc_endpoint: HTTPS 443',
      'aws_instance -> secrets-manager: HTTPS 443',
      'aws_vpc_endpoint -> aws_s3_bucket: read, write, delete',
      'operators -> session-manager: IAM',
      'session-manager -> aws_instance: port forward',
      'terraform -> state-bucket: state and lock',
    ]);
  });

  it('shows each range that is let in, with its port', () => {
    const arrows = arrowsOf(
      synthesized({ access: { trackingCidrs: ['203.0.113.0/24'], ssh: { cidrs: [], instanceConnect: true } } }),
    );
    expect(arrows).toContain('clients 203.0.113.0/24 -> aws_instance: TCP 5000');
    expect(arrows).toContainEqual(expect.stringMatching(/prefix_list.* -> aws_instance: SSH 22/));
  });
});

describe('diagram', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'diagram '));
    mkdirSync(file('stacks/dev'), { recursive: true });
    writeFileSync(file('stacks/dev/cdk.tf.json'), synthesized());
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes the picture where it is told to, folders included', async () => {
    const out = file('new/dev.svg');
    expect(await diagram('dev', { out, synthesized: folder })).toBe(out);
    expect(readFileSync(out, 'utf8')).toMatch(/^<svg [\s\S]*mlflow_tracking-server[\s\S]*<\/svg>\n$/);
  });

  it('marks what a plan changes and names what it cannot show', async () => {
    const json = JSON.parse(synthesized()) as { resource: Record<string, object> };
    const database = `aws_db_instance.${Object.keys(json.resource.aws_db_instance ?? {})[0]}`;
    const change = (address: string, ...actions: string[]) => ({
      address,
      type: address.split('.')[0],
      name: address.split('.')[1],
      change: { actions },
    });
    const plan = {
      format_version: '1.2',
      resource_changes: [change(database, 'delete', 'create'), change('aws_instance.gone', 'delete')],
    };
    writeFileSync(file('plan.json'), JSON.stringify(plan));
    const said = await diagram('dev', { out: file('dev.svg'), synthesized: folder, plan: file('plan.json') });
    expect(said).toContain('aws_instance.gone');
    expect(readFileSync(file('dev.svg'), 'utf8')).toContain('<g class="node database replace">');
  });

  it('names a stack that is not there, a plan and a folder for the picture', async () => {
    const drawn = (stack: string, more: object) => diagram(stack, { synthesized: folder, ...more });
    await expect(drawn('dve', {})).rejects.toThrow('STACK: got "dve", want dev; the nearest is dev');
    await expect(drawn('dev', { plan: file('none.json') })).rejects.toThrow(UserError);
    writeFileSync(file('taken'), '');
    await expect(drawn('dev', { out: join(file('taken'), 'x.svg') })).rejects.toThrow(
      /taken\/x\.svg: the picture cannot be written there \(E\w+\)/,
    );
  });
});

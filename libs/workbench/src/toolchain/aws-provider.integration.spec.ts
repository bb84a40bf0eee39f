import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAwsProvider } from './aws-provider';
import { ensureTerraform } from './terraform';

// With the real Terraform and the real provider: minutes when the provider must be built first, else seconds.
jest.setTimeout(30 * 60_000);

const report = (message: string) => process.stderr.write(`    ${message}\n`);

test('Terraform finds the provider, and in it what the stacks use', async () => {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'aws provider ')));
  try {
    const terraform = await ensureTerraform(report);
    const env = { ...process.env, CHECKPOINT_DISABLE: '1', ...(await ensureAwsProvider(report, terraform)) };
    writeFileSync(
      join(workspace, 'main.tf.json'),
      JSON.stringify({ terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '~> 6.25' } } } }),
    );
    const run = (...args: string[]) =>
      execFileSync(terraform.binary, args, { cwd: workspace, env, encoding: 'utf8', maxBuffer: 1 << 26 });
    run('init', '-no-color');
    // What cdktf does after every init.
    run(
      'providers',
      'lock',
      '-no-color',
      `-platform=${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`,
    );

    const [schema] = Object.values(JSON.parse(run('providers', 'schema', '-json')).provider_schemas) as [Schema];
    expect(Object.keys(schema.resource_schemas)).toEqual(
      expect.arrayContaining([
        ...['aws_vpc', 'aws_instance', 'aws_db_instance', 'aws_s3_bucket', 'aws_ssm_parameter', 'aws_iam_role'],
        ...['aws_autoscaling_group', 'aws_launch_template', 'aws_lb', 'aws_acm_certificate', 'aws_route53_record'],
        ...['aws_wafv2_web_acl', 'aws_backup_plan', 'aws_kms_key', 'aws_sns_topic', 'aws_budgets_budget'],
        ...['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_log_group', 'aws_cloudwatch_event_rule', 'aws_flow_log'],
        'aws_cloudformation_stack',
        ...['aws_secretsmanager_secret_rotation', 'aws_scheduler_schedule', 'aws_iam_openid_connect_provider'],
      ]),
    );
    expect(schema.resource_schemas.aws_db_instance?.block.attributes.password_wo).toMatchObject({ write_only: true });
    expect(Object.keys(schema.ephemeral_resource_schemas)).toContain('aws_secretsmanager_random_password');
    expect(Object.keys(schema.data_source_schemas)).toEqual(
      expect.arrayContaining(['aws_region', 'aws_partition', 'aws_caller_identity', 'aws_ec2_instance_type_offerings']),
    );
    expect(Object.keys(schema.functions)).toContain('arn_parse');
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
});

/** What `terraform providers schema -json` says of a provider, as far as it is looked at here. */
interface Schema {
  readonly resource_schemas: Record<string, { block: { attributes: Record<string, { write_only?: boolean }> } }>;
  readonly ephemeral_resource_schemas: object;
  readonly data_source_schemas: object;
  readonly functions: object;
}

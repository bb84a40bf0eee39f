// Checks and dates the stateful types: `node apps/plan-review/src/rules/stateful/update.mjs CFN_LINT_FOLDER`, at the root.
// CFN_LINT_FOLDER is where the Python package cfn-lint is unpacked: `pip download --no-deps cfn-lint`, then unzip the wheel.
//
// What is lost with a type is our own sentence in types.json. Two sources say which types need one: AWS's list of stateful
// resource types, which cfn-lint publishes (MIT-0), and the schema of the Terraform provider, as its bindings list it.
// The script writes into types.json why a type is there; a type that a source names and nobody judged stops it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('types.json', import.meta.url));
const data = JSON.parse(readFileSync(file, 'utf8'));
const [lint] = process.argv.slice(2);
if (lint === undefined) throw new Error('usage: node update.mjs CFN_LINT_FOLDER');

/** CloudFormation's name → the provider's names; those that the provider dropped have none. */
const names = {
  'AWS::Backup::BackupVault': ['aws_backup_vault'],
  'AWS::CloudFormation::Stack': ['aws_cloudformation_stack'],
  'AWS::Cognito::UserPool': ['aws_cognito_user_pool'],
  'AWS::DocDB::DBCluster': ['aws_docdb_cluster'],
  'AWS::DocDB::DBInstance': ['aws_docdb_cluster_instance'],
  'AWS::DynamoDB::GlobalTable': ['aws_dynamodb_global_table', 'aws_dynamodb_table_replica'],
  'AWS::DynamoDB::Table': ['aws_dynamodb_table'],
  'AWS::EC2::Volume': ['aws_ebs_volume'],
  'AWS::EFS::FileSystem': ['aws_efs_file_system'],
  'AWS::EMR::Cluster': ['aws_emr_cluster'],
  'AWS::ElastiCache::CacheCluster': ['aws_elasticache_cluster'],
  'AWS::ElastiCache::ReplicationGroup': ['aws_elasticache_replication_group'],
  'AWS::Elasticsearch::Domain': ['aws_elasticsearch_domain'],
  'AWS::FSx::FileSystem': [
    'aws_fsx_lustre_file_system',
    'aws_fsx_ontap_file_system',
    'aws_fsx_openzfs_file_system',
    'aws_fsx_windows_file_system',
  ],
  'AWS::KMS::Key': ['aws_kms_key', 'aws_kms_external_key'],
  'AWS::Kinesis::Stream': ['aws_kinesis_stream'],
  'AWS::Logs::LogGroup': ['aws_cloudwatch_log_group'],
  'AWS::Neptune::DBCluster': ['aws_neptune_cluster'],
  'AWS::Neptune::DBInstance': ['aws_neptune_cluster_instance'],
  'AWS::OpenSearchService::Domain': ['aws_opensearch_domain'],
  'AWS::Organizations::Account': ['aws_organizations_account'],
  'AWS::QLDB::Ledger': ['aws_qldb_ledger'],
  'AWS::RDS::DBCluster': ['aws_rds_cluster'],
  'AWS::RDS::DBInstance': ['aws_db_instance', 'aws_rds_cluster_instance'],
  'AWS::Redshift::Cluster': ['aws_redshift_cluster'],
  'AWS::S3::Bucket': ['aws_s3_bucket'],
  'AWS::SDB::Domain': [],
  'AWS::SQS::Queue': ['aws_sqs_queue'],
  'AWS::SecretsManager::Secret': ['aws_secretsmanager_secret'],
};

const problems = [];
const because = new Map();
const note = (type, why) => because.set(type, [...(because.get(type) ?? []), why]);

const list = join(lint, data.sources[0].file);
const stateful = JSON.parse(readFileSync(list, 'utf8'));
for (const cloudFormation of Object.keys(stateful.ResourceTypes)) {
  if (names[cloudFormation] === undefined) problems.push(`${cloudFormation}: which types of the provider are that?`);
  for (const type of names[cloudFormation] ?? []) note(type, cloudFormation);
}
const info = readdirSync(lint).find((name) => /^cfn_lint-.*\.dist-info$/.test(name));

const bindings = 'node_modules/@cdktf/provider-aws';
const types = new Set();
const [nameSign, attributeSign] = [new RegExp(data.signs.name), new RegExp(data.signs.attribute)];
for (const folder of readdirSync(join(bindings, 'lib'))) {
  if (folder.startsWith('data-aws-')) continue;
  let text = '';
  try {
    text = readFileSync(join(bindings, 'lib', folder, 'index.d.ts'), 'utf8');
  } catch {
    continue;
  }
  const type = /static readonly tfResourceType = "(\w+)"/.exec(text)?.[1];
  if (type === undefined) continue;
  types.add(type);
  const config = /export interface \w+ extends cdktf\.TerraformMetaArguments \{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? '';
  const attributes = [...config.matchAll(/\/docs\/resources\/\w+#(\w+) /g)].map(([, name]) => name);
  const sign = attributes.find((name) => attributeSign.test(name));
  if (sign !== undefined) note(type, `has ${sign}`);
  else if (nameSign.test(type)) note(type, 'its name');
}

const judged = new Set([...Object.keys(data.lost), ...Object.keys(data.perhaps), ...data.nothing]);
for (const type of because.keys())
  if (!judged.has(type)) problems.push(`${type} (${because.get(type).join(', ')}): is anything lost with it?`);
for (const type of judged) if (!types.has(type)) problems.push(`${type}: the provider has no such type`);
if (problems.length > 0) throw new Error(problems.sort().join('\n'));

const { version } = JSON.parse(readFileSync(join(bindings, 'package.json'), 'utf8'));
const [lintSource, provider] = data.sources;
lintSource.version = /^cfn_lint-(.*)\.dist-info$/.exec(info ?? '')?.[1];
lintSource.date = statSync(list).mtime.toISOString().slice(0, 10);
if (provider.version !== version) console.log(`set the date on which ${provider.name} ${version} came out`);
provider.version = version;
data.because = Object.fromEntries(
  [...Object.keys(data.lost), ...Object.keys(data.perhaps)]
    .sort()
    .map((type) => [type, (because.get(type) ?? ['read by hand']).join(', ')]),
);
writeFileSync(file, `${JSON.stringify(data, null, 2)}\n`);
console.log(
  `${Object.keys(data.lost).length} stateful, ${Object.keys(data.perhaps).length} perhaps, of ${types.size} types`,
);

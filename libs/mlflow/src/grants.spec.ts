import { ServerLog, ServerRole, ServerSecret } from '@mlflow-on-aws/compute';
import { BackendStore } from '@mlflow-on-aws/database';
import type { Grantee } from '@mlflow-on-aws/foundation';
import { ArtifactStore, ServerBundle, Wheelhouse } from '@mlflow-on-aws/storage';
import { Template } from '@mlflow-on-aws/testing';
import type { TerraformStack } from 'cdktf';

type MakeGrants = (stack: TerraformStack) => (role: Grantee) => unknown;

const artifacts = (stack: TerraformStack) =>
  new ArtifactStore(stack, 'artifacts', { name: { prefix: 'artifacts-' }, noncurrentVersionDays: 1 });
const database = (stack: TerraformStack) =>
  new BackendStore(stack, 'store', {
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
    identifier: 'dev-db',
    databaseName: 'mlflow_db',
    username: 'mlflow',
    port: 5432,
    engineVersion: '17',
    instanceClass: 'db.t4g.micro',
    allocatedStorageGiB: 20,
    storageType: 'gp3',
    backupRetentionDays: 1,
    iam: { region: 'us-east-1', accountId: '123456789012' },
  });

/** Every construct that grants something. */
const grants: Readonly<Record<string, MakeGrants>> = {
  'ServerSecret.grant': (stack) =>
    bound(
      new ServerSecret(stack, 'secret', {
        name: 'admin',
        description: 'Administrator',
        policyName: 'admin-secret',
        whyNotRotated: 'a test',
      }),
      'grant',
    ),
  'ServerLog.grant': (stack) => bound(new ServerLog(stack, 'log', { name: '/log', retentionDays: 1 }), 'grant'),
  'ArtifactStore.grantArtifacts': (stack) => bound(artifacts(stack), 'grantArtifacts'),
  'BackendStore.grantSecret': (stack) => bound(database(stack), 'grantSecret'),
  'BackendStore.grantIamLogin': (stack) => bound(database(stack), 'grantIamLogin'),
  'ServerBundle.grantRead': (stack) =>
    bound(
      new ServerBundle(stack, 'bundle', { store: artifacts(stack), path: __filename, sha256: 'a'.repeat(64) }),
      'grantRead',
    ),
  'Wheelhouse.grantRead': (stack) =>
    bound(new Wheelhouse(stack, 'wheels', { url: 's3://wheels/all', accountId: '123456789012' }), 'grantRead'),
};

function bound<K extends string>(construct: Record<K, (role: Grantee) => unknown>, method: K) {
  return (role: Grantee) => construct[method](role);
}

const rolesOf = (make: MakeGrants, ...names: string[]) =>
  Template.of((stack) => {
    const grant = make(stack);
    for (const name of names) grant(new ServerRole(stack, name, { name }));
  });

describe.each(Object.entries(grants))('%s', (_, make) => {
  it('may be called for several roles; what the first holds stays where it is', () => {
    const one = rolesOf(make, 'server');
    const two = rolesOf(make, 'server', 'reader');
    const policies = (template: Template) => Object.keys(template.resources('aws_iam_role_policy'));
    expect(policies(two)).toEqual(expect.arrayContaining(policies(one)));
    // The second role brings its own Session Manager policy and the grant.
    expect(policies(two)).toHaveLength(policies(one).length + 2);
  });
});

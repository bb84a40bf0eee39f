import { grantee, statements, Template } from '@mlflow-on-aws/testing';
import { BackendStore, type BackendStoreProps } from './backend-store';

const server = grantee('server');
const props: BackendStoreProps = {
  network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
  identifier: 'dev-mlflow-backend-db',
  databaseName: 'mlflow_db',
  username: 'mlflow',
  port: 5432,
  engineVersion: '17',
  instanceClass: 'db.t4g.micro',
  allocatedStorageGiB: 20,
  storageType: 'gp3',
  backupRetentionDays: 1,
};

const store = (more: Partial<BackendStoreProps> = {}, use: (store: BackendStore) => void = () => undefined) =>
  Template.of((stack) => use(new BackendStore(stack, 'store', { ...props, ...more })));

describe('the way back', () => {
  const restored = store({ restoreFromSnapshot: 'before', allocatedStorageGiB: 50, maxAllocatedStorageGiB: 500 });

  it('asks RDS for no less storage than the snapshot has, which it would refuse once the old database is gone', () => {
    expect(restored.resource('aws_db_instance').allocated_storage).toMatch(
      /^\$\{max\(50, data\.aws_db_snapshot\.[\w-]+\.allocated_storage\)\}$/,
    );
    expect(store().resource('aws_db_instance').allocated_storage).toBe(20);
  });

  it('lets the plan say that a snapshot is larger than the environment allows', () => {
    const [condition] = (restored.data('aws_db_snapshot').lifecycle as { postcondition: Record<string, string>[] })
      .postcondition;
    expect(condition?.condition).toBe('${self.allocated_storage <= 500}');
    expect(condition?.error_message).toMatch(/^database\.maxAllocatedStorageGiB: got 500, want at least the size/);
  });

  it('gives every instance a final snapshot of its own, and the plan the same text each time', () => {
    const { final_snapshot_identifier: name, lifecycle } = restored.resource('aws_db_instance');
    // timestamp() is unknown until the apply; plantimestamp() would make every plan another one.
    expect(name).toBe('dev-mlflow-backend-db-final-${formatdate("YYYYMMDDhhmmss", timestamp())}');
    expect(lifecycle).toMatchObject({ ignore_changes: ['final_snapshot_identifier', 'snapshot_identifier'] });
    // It is named even where none is taken yet: `finalSnapshot` may be switched on later.
    expect(store().resource('aws_db_instance')).toMatchObject({
      skip_final_snapshot: true,
      final_snapshot_identifier: name,
    });
  });

  it('makes the replica again with its source, which would be a database of its own otherwise', () => {
    const replicated = store({ password: 'secrets-manager', readReplica: true });
    const replica = Object.values(replicated.resources('aws_db_instance')).find((one) => one.replicate_source_db);
    expect(replica?.lifecycle).toMatchObject({
      replace_triggered_by: [expect.stringMatching(/^aws_db_instance\.store_instance_\w+\.resource_id$/)],
    });
  });
});

describe('the version of PostgreSQL', () => {
  const upgrades = (engineVersion: string) =>
    Object.values(
      store({ engineVersion, password: 'secrets-manager', readReplica: true }).resources('aws_db_instance'),
    ).map(({ auto_minor_version_upgrade }) => auto_minor_version_upgrade);

  it('may take another major version, which RDS refuses unless it is allowed', () => {
    expect(store().resource('aws_db_instance')).toMatchObject({ allow_major_version_upgrade: true });
    const family = (engineVersion: string) => store({ engineVersion }).resource('aws_db_parameter_group');
    // The new family's group is there before the instance asks for it, and the old one goes afterwards.
    expect(family('18')).toMatchObject({ family: 'postgres18', lifecycle: { create_before_destroy: true } });
  });

  it('is held where a minor version is named, at the source and at the replica', () => {
    expect(upgrades('17.6')).toEqual([false, false]);
    expect(upgrades('17')).toEqual([true, true]);
  });
});

describe('BackendStore', () => {
  it('is the database that was asked for', () => {
    expect(store().resource('aws_db_instance')).toMatchObject({
      identifier: 'dev-mlflow-backend-db',
      engine: 'postgres',
      engine_version: '17',
      instance_class: 'db.t4g.micro',
      db_name: 'mlflow_db',
      username: 'mlflow',
      port: 5432,
      allocated_storage: 20,
    });
  });

  it('leaves the password to RDS', () => {
    const instance = store().resource('aws_db_instance');
    expect(instance.manage_master_user_password).toBe(true);
    expect(Object.keys(instance).filter((key) => /^password/.test(key))).toEqual([]);
  });

  it('is encrypted, private and accepts TLS only', () => {
    expect(store().resource('aws_db_instance')).toMatchObject({ storage_encrypted: true, publicly_accessible: false });
    expect(store().resource('aws_db_parameter_group')).toMatchObject({
      family: 'postgres17',
      parameter: expect.arrayContaining([
        { name: 'rds.force_ssl', value: '1' },
        { name: 'log_min_duration_statement', value: '1000' },
      ]),
    });
  });

  it('lets nobody in until a security group is named, then that group on the database port only', () => {
    expect(store().resources('aws_vpc_security_group_ingress_rule')).toEqual({});
    const open = store({}, (backend) => backend.allowFrom('tracking-server', 'sg-server'));
    expect(open.resource('aws_vpc_security_group_ingress_rule')).toMatchObject({
      referenced_security_group_id: 'sg-server',
      ip_protocol: 'tcp',
      from_port: 5432,
      to_port: 5432,
    });
    expect(open.resource('aws_vpc_security_group_ingress_rule')).not.toHaveProperty('cidr_ipv4');
    expect(open.resource('aws_vpc_security_group_egress_rule')).toMatchObject({
      security_group_id: 'sg-server',
      from_port: 5432,
    });
  });

  it('grants its own secret and no other', () => {
    const template = store({}, (backend) => backend.grantSecret(server));
    const [statement] = statements(template.resource('aws_iam_role_policy').policy);
    expect(statement?.Action).toEqual(['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret']);
    expect(statement?.Resource).toMatch(/master_user_secret\[0\]\.secret_arn/);
  });

  it('takes tokens when asked, of one PostgreSQL role', () => {
    const iam = { region: 'eu-central-1', accountId: '123456789012' };
    const template = store({ iam }, (backend) => backend.grantIamLogin(server));
    expect(template.resource('aws_db_instance').iam_database_authentication_enabled).toBe(true);
    const [statement] = statements(template.resource('aws_iam_role_policy').policy);
    expect(statement?.Action).toBe('rds-db:connect');
    expect(statement?.Resource).toEqual([
      expect.stringMatching(
        /^arn:aws:rds-db:eu-central-1:123456789012:dbuser:\$\{aws_db_instance\.[\w-]+\.resource_id\}\/mlflow_iam$/,
      ),
    ]);
    const both = store({ iam, password: 'secrets-manager', readReplica: true }, (b) => b.grantIamLogin(server));
    const instances = Object.values(both.resources('aws_db_instance'));
    expect(instances.map((one) => one.iam_database_authentication_enabled)).toEqual([true, true]);
    expect(new Set([statements(both.resource('aws_iam_role_policy').policy)[0]?.Resource].flat()).size).toBe(2);
    expect(store({}, (backend) => backend.grantIamLogin(server)).resources('aws_iam_role_policy')).toEqual({});
  });

  it('refuses destroy when protected', () => {
    expect(store().resource('aws_db_instance')).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
    });
    expect(store({ protect: true }).resource('aws_db_instance')).toMatchObject({
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('leaves a snapshot when asked, by a name that the next one of its name does not take', () => {
    const kept = store({ finalSnapshot: true }).resource('aws_db_instance');
    expect(kept).toMatchObject({ skip_final_snapshot: false, delete_automated_backups: false });
    expect(kept.final_snapshot_identifier).toContain('timestamp()');
  });

  it('is made from a snapshot by one line, which may go afterwards', () => {
    expect(store({ restoreFromSnapshot: 'before-upgrade', protect: true }).resource('aws_db_instance')).toMatchObject({
      snapshot_identifier: 'before-upgrade',
      lifecycle: { prevent_destroy: true, ignore_changes: expect.arrayContaining(['snapshot_identifier']) },
    });
  });

  it('makes the groups of its logs itself, before RDS would, and with an end', () => {
    expect(store().resources('aws_cloudwatch_log_group')).toEqual({});
    const logs = { exports: ['postgresql', 'upgrade'], retentionDays: 90, kmsKeyArn: 'arn:aws:kms:key' };
    const template = store({ logs });
    const groups = Object.values(template.resources('aws_cloudwatch_log_group'));
    expect(groups.map(({ name }) => name)).toEqual([
      '/aws/rds/instance/dev-mlflow-backend-db/postgresql',
      '/aws/rds/instance/dev-mlflow-backend-db/upgrade',
    ]);
    for (const group of groups) expect(group).toMatchObject({ retention_in_days: 90, kms_key_id: 'arn:aws:kms:key' });
    expect(template.resource('aws_db_instance')).toMatchObject({
      enabled_cloudwatch_logs_exports: ['postgresql', 'upgrade'],
      depends_on: Object.keys(template.resources('aws_cloudwatch_log_group')).map(
        (id) => `aws_cloudwatch_log_group.${id}`,
      ),
    });
  });

  it('has a role for the operating system’s metrics only when they are wanted', () => {
    expect(store().resources('aws_iam_role')).toEqual({});
    const watched = store({ enhancedMonitoringSeconds: 60 });
    expect(watched.resource('aws_db_instance')).toMatchObject({ monitoring_interval: 60 });
    expect(watched.resource('aws_iam_role').assume_role_policy).toContain('monitoring.rds.amazonaws.com');
  });

  describe('with the password in a secret of ours', () => {
    const own = store({ password: 'secrets-manager' }, (backend) => backend.grantSecret(server));
    const instance = own.resource('aws_db_instance');
    const first = own.resource('aws_secretsmanager_secret_version');

    it('hands it over by write-only arguments, once', () => {
      expect(instance).toMatchObject({ password_wo_version: 1 });
      expect(first).toMatchObject({ secret_string_wo_version: 1 });
      for (const block of [instance, first])
        for (const key of ['password', 'secret_string', 'manage_master_user_password'])
          expect(block).not.toHaveProperty(key);
    });

    it('makes the database with what the secret holds, so that a deploy that was cut off leaves no two passwords', () => {
      expect(first.secret_string_wo).toMatch(/ephemeral\.aws_secretsmanager_random_password\.\S+\.random_password/);
      expect(instance.password_wo).toMatch(/ephemeral\.aws_secretsmanager_secret_version\.\S+\.secret_string/);
      expect(own.ephemeral('aws_secretsmanager_secret_version').secret_id).toMatch(
        /aws_secretsmanager_secret_version\.\S+\.secret_id/,
      );
    });

    it('draws and reads in an apply only: nobody who plans needs to', () => {
      for (const [type, argument] of [
        ['aws_secretsmanager_random_password', 'password_length'],
        ['aws_secretsmanager_secret_version', 'secret_id'],
      ] as const)
        expect(own.ephemeral(type)[argument]).toMatch(/^\$\{timestamp\(\) == "" \? null : /);
    });

    it('leaves the labels of the first version to the servers, but the one that keeps it', () => {
      expect(first).toMatchObject({
        version_stages: ['AWSCURRENT', 'FIRST'],
        lifecycle: { ignore_changes: ['version_stages'] },
      });
    });

    it('lets a server replace it, and touch no other secret', () => {
      const [statement] = statements(own.resource('aws_iam_role_policy').policy);
      expect(statement?.Action).toEqual([
        'secretsmanager:GetSecretValue',
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ]);
      expect(statement?.Resource).toMatch(/^\$\{aws_secretsmanager_secret\.\S+\.arn\}$/);
    });
  });

  it('has a replica when asked, by the same rules and without protection of its own', () => {
    let endpoint: BackendStore['endpoint'] | undefined;
    const template = store(
      { password: 'secrets-manager', readReplica: true, protect: true, finalSnapshot: true, multiAz: true },
      (backend) => {
        ({ endpoint } = backend);
      },
    );
    const [source, replica] = Object.values(template.resources('aws_db_instance'));
    expect(replica).toMatchObject({
      identifier: 'dev-mlflow-backend-db-replica',
      replicate_source_db: expect.stringMatching(/^\$\{aws_db_instance\.\S+\.identifier\}$/),
      instance_class: source?.instance_class,
      vpc_security_group_ids: source?.vpc_security_group_ids,
      port: 5432,
      storage_encrypted: true,
      publicly_accessible: false,
      skip_final_snapshot: true,
    });
    for (const key of [
      'lifecycle.prevent_destroy',
      'deletion_protection',
      'multi_az',
      'allocated_storage',
      'username',
      'password_wo',
    ])
      expect(replica).not.toHaveProperty(key);
    const groups = Object.values(template.resources('aws_db_parameter_group'));
    for (const group of groups) expect(group.parameter).toContainEqual({ name: 'rds.force_ssl', value: '1' });
    expect(replica?.parameter_group_name).not.toBe(source?.parameter_group_name);
    expect(endpoint?.replicaHost).toBeDefined();
    expect(endpoint?.replicaHost).not.toBe(endpoint?.host);
  });
});

import { ofAccount, stateBucketName, stateKey, stateLockKey, type PolicyStatement } from '@mlflow-on-aws/foundation';

/** What the roles of one environment may reach. */
export interface DeliveryScope {
  /** Name of the environment. */
  readonly environment: string;
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region. */
  readonly region: string;
  /** ARN of the key that encrypts states. */
  readonly stateKeyArn: string;
  /** Beginning of the names of the environment's buckets. */
  readonly bucketPrefix: string;
}

/** Statements by the name of the policy that holds them. */
type Policies = Readonly<Record<string, readonly PolicyStatement[]>>;

const objectArn = ({ accountId, region }: DeliveryScope, key: string): string =>
  `arn:aws:s3:::${stateBucketName(accountId, region)}/${key}`;

/** Source: Terraform, S3 backend, "Permissions Required". */
function lockedState(scope: DeliveryScope, stateActions: readonly string[]): readonly PolicyStatement[] {
  return [
    {
      Sid: 'FindState',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${stateBucketName(scope.accountId, scope.region)}`,
      Condition: ofAccount(scope.accountId),
    },
    {
      Sid: 'State',
      Action: stateActions,
      Resource: objectArn(scope, stateKey(scope.environment)),
      Condition: ofAccount(scope.accountId),
    },
    {
      Sid: 'StateLock',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: objectArn(scope, stateLockKey(scope.environment)),
      Condition: ofAccount(scope.accountId),
    },
    { Sid: 'StateKey', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: scope.stateKeyArn },
  ];
}

/** What a refresh asks of AWS: settings, never contents. Most of these actions know no resource to name. */
function reading(scope: DeliveryScope): readonly PolicyStatement[] {
  const buckets = `arn:aws:s3:::${scope.bucketPrefix}*`;
  const logs = `arn:aws:s3:::${scope.environment}-mlflow-access-logs-*`;
  return [
    {
      Sid: 'ReadSettings',
      Action: [
        'acm:DescribeCertificate',
        'acm:ListTagsForCertificate',
        'autoscaling:Describe*',
        'budgets:ListTagsForResource',
        'budgets:ViewBudget',
        'cloudformation:DescribeStacks',
        'cloudformation:GetTemplate',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetDashboard',
        'cloudwatch:ListTagsForResource',
        'ec2:Describe*',
        'ec2:GetManagedPrefixListEntries',
        'elasticloadbalancing:Describe*',
        'events:DescribeRule',
        'events:ListTagsForResource',
        'events:ListTargetsByRule',
        'iam:ListRoles',
        'kms:DescribeKey',
        'kms:GetKeyPolicy',
        'kms:GetKeyRotationStatus',
        'kms:ListAliases',
        'kms:ListResourceTags',
        'logs:DescribeLogGroups',
        'logs:ListTagsForResource',
        'rds:Describe*',
        'rds:ListTagsForResource',
        'route53:GetChange',
        'route53:GetHostedZone',
        'route53:ListResourceRecordSets',
        'route53:ListTagsForResource',
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetResourcePolicy',
        'secretsmanager:ListSecretVersionIds',
        'sns:GetSubscriptionAttributes',
        'sns:GetTopicAttributes',
        'sns:ListTagsForResource',
        'sts:GetCallerIdentity',
        'wafv2:GetLoggingConfiguration',
        'wafv2:GetWebACL',
        'wafv2:GetWebACLForResource',
        'wafv2:ListTagsForResource',
      ],
      Resource: '*',
    },
    {
      Sid: 'ReadRoles',
      Action: [
        'iam:GetInstanceProfile',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListRolePolicies',
        'iam:ListInstanceProfileTags',
        'iam:ListRoleTags',
      ],
      Resource: iamOf(scope),
    },
    {
      Sid: 'ReadBuckets',
      Action: [
        's3:GetAccelerateConfiguration',
        's3:GetBucket*',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:GetReplicationConfiguration',
        's3:ListBucket',
        's3:ListTagsForResource',
      ],
      Resource: [buckets, logs],
      Condition: ofAccount(scope.accountId),
    },
    // The files of the server, which are in this repository too; artifacts are not among them.
    {
      Sid: 'ReadServerBundle',
      Action: ['s3:GetObject', 's3:GetObjectAttributes', 's3:GetObjectTagging'],
      Resource: `${buckets}/server/*`,
      Condition: ofAccount(scope.accountId),
    },
    {
      Sid: 'ReadPublicParameters',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: `arn:aws:ssm:${scope.region}::parameter/aws/service/*`,
    },
  ];
}

/** Roles and instance profiles that are the environment's own, by their names. */
function iamOf({ accountId, environment }: DeliveryScope): readonly string[] {
  return ['role', 'instance-profile'].map((kind) => `arn:aws:iam::${accountId}:${kind}/${environment}-*`);
}

const noSecretValues: PolicyStatement = {
  Sid: 'NoSecretValues',
  Effect: 'Deny',
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
  Resource: '*',
};

/** What planning takes: reading settings and the state, and holding the lock; no secret's value, nothing written but the lock. */
export function planStatements(scope: DeliveryScope): Policies {
  return {
    state: lockedState(scope, ['s3:GetObject']),
    read: reading(scope),
    'no-secrets': [noSecretValues],
  };
}

/** What deploying takes: everything of the services in use, in one region; of IAM, S3 and state only what is the environment's. */
export function applyStatements(scope: DeliveryScope): Policies {
  const { accountId, environment, region } = scope;
  const buckets = `arn:aws:s3:::${scope.bucketPrefix}*`;
  const logs = `arn:aws:s3:::${environment}-mlflow-access-logs-*`;
  return {
    state: lockedState(scope, ['s3:GetObject', 's3:PutObject']),
    read: reading(scope),
    // The names of most of these are made by AWS, so the region is what bounds them.
    regional: [
      {
        Sid: 'Regional',
        Action: [
          'acm:*',
          'autoscaling:*',
          'cloudwatch:*',
          'ec2:*',
          'elasticloadbalancing:*',
          'events:*',
          'kms:*',
          'logs:*',
          'rds:*',
          'sns:*',
          'wafv2:*',
        ],
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': region } },
      },
    ],
    named: [
      {
        Sid: 'Buckets',
        Action: 's3:*',
        Resource: [buckets, logs].flatMap((arn) => [arn, `${arn}/*`]),
        // Of a bucket that is still to be made no account is known.
        Condition: { StringEqualsIfExists: ofAccount(accountId).StringEquals },
      },
      {
        Sid: 'Secrets',
        Action: 'secretsmanager:*',
        // Those that RDS makes for itself, and those with the environment's name.
        Resource: [`rds!*`, `${environment}-*`, `${environment}/*`].map(
          (name) => `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`,
        ),
      },
      {
        Sid: 'Stacks',
        Action: 'cloudformation:*',
        Resource: `arn:aws:cloudformation:${region}:${accountId}:stack/${environment}-*`,
      },
      { Sid: 'NewPasswords', Action: 'secretsmanager:GetRandomPassword', Resource: '*' },
      { Sid: 'Budgets', Action: 'budgets:*', Resource: `arn:aws:budgets::${accountId}:budget/${environment}-*` },
      {
        Sid: 'Names',
        Action: ['route53:ChangeResourceRecordSets'],
        Resource: 'arn:aws:route53:::hostedzone/*',
      },
      {
        Sid: 'EndpointNames',
        // An interface endpoint with private DNS ties a zone of AWS's own to the VPC, and its deletion unties it.
        // Source: Amazon Route 53 developer guide, "Amazon Route 53 API permissions", private hosted zones.
        Action: ['route53:AssociateVPCWithHostedZone', 'route53:DisassociateVPCFromHostedZone'],
        Resource: 'arn:aws:route53:::hostedzone/*',
      },
    ],
    roles: [
      {
        Sid: 'Roles',
        Action: [
          'iam:AddRoleToInstanceProfile',
          'iam:AttachRolePolicy',
          'iam:CreateInstanceProfile',
          'iam:CreateRole',
          'iam:DeleteInstanceProfile',
          'iam:DeleteRole',
          'iam:DeleteRolePolicy',
          'iam:DetachRolePolicy',
          'iam:PutRolePolicy',
          'iam:RemoveRoleFromInstanceProfile',
          'iam:TagInstanceProfile',
          'iam:TagRole',
          'iam:UntagInstanceProfile',
          'iam:UntagRole',
          'iam:UpdateAssumeRolePolicy',
          'iam:UpdateRole',
          'iam:UpdateRoleDescription',
        ],
        Resource: iamOf(scope),
      },
      {
        Sid: 'PassRoles',
        Action: 'iam:PassRole',
        Resource: `arn:aws:iam::${accountId}:role/${environment}-*`,
        Condition: {
          StringEquals: {
            'iam:PassedToService': ['ec2.amazonaws.com', 'monitoring.rds.amazonaws.com', 'vpc-flow-logs.amazonaws.com'],
          },
        },
      },
      {
        Sid: 'FirstUse',
        Action: 'iam:CreateServiceLinkedRole',
        Resource: `arn:aws:iam::${accountId}:role/aws-service-role/*`,
        Condition: {
          StringEquals: {
            'iam:AWSServiceName': [
              'autoscaling.amazonaws.com',
              'elasticloadbalancing.amazonaws.com',
              'rds.amazonaws.com',
            ],
          },
        },
      },
    ],
  };
}

import { DataAwsIamRoles } from '@cdktf/provider-aws/lib/data-aws-iam-roles';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { declareAwsProvider, stateBackend, stateBucketName, useRemoteState } from '@mlflow-on-aws/foundation';
import { StateBucket } from '@mlflow-on-aws/storage';
import { Fn, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { DeliveryRoles, gitHubIssuer } from './delivery-roles';
import { ServiceLinkedRoles, type ImportBlock } from './service-linked-roles';
import type { GitHubRepository } from './github-subjects';

/** An environment that GitHub's workflows plan and deploy. */
export interface DeliveredEnvironment {
  /** Its name. */
  readonly name: string;
  /** Repository whose workflows plan and deploy it. */
  readonly repository: GitHubRepository;
  /** Beginning of the names of its buckets. */
  readonly bucketPrefix: string;
}

/** What is bootstrapped, and what is there already. */
export interface AccountBootstrapProps {
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region of the state bucket. */
  readonly region: string;
  /**
   * The stack's own state: a file until the bucket is there; `move` is the shell command that then brings it into the bucket.
   * @default - in the bucket
   */
  readonly stateFile?: { readonly path: string; readonly move: string };
  /**
   * Environments that get a role to plan and one to apply.
   * @default - none: nobody but people deploys
   */
  readonly deliver?: readonly DeliveredEnvironment[];
  /**
   * Make, or adopt, the account's service-linked roles; one region's bootstrap does.
   * @default true
   */
  readonly serviceLinkedRoles?: boolean;
  /**
   * Use the OIDC provider for GitHub that the account has, instead of making it.
   * @default false
   */
  readonly existingOidcProvider?: boolean;
}

/** What an account needs once, before its first environment: the bucket of the Terraform state, and the roles of the workflows. */
export class AccountBootstrap extends TerraformStack {
  public constructor(scope: Construct, id: string, props: AccountBootstrapProps) {
    super(scope, id);
    const { accountId, region, deliver = [], stateFile } = props;
    // The state's name is the same for every account: each keeps its own in its own bucket.
    const place = { accountId, region, name: 'bootstrap' };
    declareAwsProvider(this, place);

    const bucket = new StateBucket(this, 'state-bucket', { accountId, region });
    const outputs: Record<string, string> = {
      state_bucket: this.output('state_bucket', 'S3 bucket of the Terraform state', bucket.bucketName),
      state_key_arn: this.output('state_key_arn', 'KMS key that encrypts it', bucket.stateKeyArn),
    };

    const oidcProviderArn = `arn:aws:iam::${accountId}:oidc-provider/${gitHubIssuer}`;
    const oidcProvider =
      deliver.length > 0 && !props.existingOidcProvider
        ? new IamOpenidConnectProvider(this, 'github', {
            url: `https://${gitHubIssuer}`,
            clientIdList: ['sts.amazonaws.com'],
            lifecycle: { preventDestroy: true },
          })
        : undefined;
    const delivery = deliver.map(
      ({ name, repository, bucketPrefix }) =>
        new DeliveryRoles(this, `delivery-${name}`, {
          environment: name,
          repository,
          bucketPrefix,
          accountId,
          region,
          stateKeyArn: bucket.stateKeyArn,
          oidcProviderArn: oidcProvider?.arn ?? oidcProviderArn,
        }),
    );
    deliver.forEach(({ name }, index) => {
      const roles = delivery[index] as DeliveryRoles;
      for (const [kind, arn] of [
        ['plan', roles.planRoleArn],
        ['apply', roles.applyRoleArn],
      ] as const) {
        const output = `${kind}_role_arn_${name.replaceAll('-', '_')}`;
        outputs[output] = this.output(output, `Role of the workflows that ${kind} ${name}`, arn);
      }
    });

    const serviceRoles =
      props.serviceLinkedRoles === false ? undefined : new ServiceLinkedRoles(this, 'service-linked', { accountId });
    const serviceImports = serviceRoles?.imports ?? [];

    if (stateFile === undefined) {
      useRemoteState(this, place);
      this.adopt(
        serviceImports,
        { resource: bucket.node.findChild('bucket') as TerraformResource, id: stateBucketName(accountId, region) },
        delivery.flatMap(({ roles }) => roles),
        oidcProvider && { resource: oidcProvider, id: oidcProviderArn },
      );
    } else {
      new LocalBackend(this, { path: stateFile.path });
      this.moveState(stateFile, stateBackend(place), outputs);
      if (serviceImports.length > 0) this.addOverride('import', [...serviceImports]);
    }
  }

  private output(name: string, description: string, value: string): string {
    new TerraformOutput(this, name, { description, value, staticId: true });
    return value;
  }

  /** As the last thing of an apply, brings the state into the bucket that the apply has made. */
  private moveState(
    stateFile: { readonly path: string; readonly move: string },
    backend: object,
    outputs: Readonly<Record<string, string>>,
  ): void {
    const made = this.node.findAll().filter((construct) => construct instanceof TerraformResource);
    this.addOverride('resource.terraform_data.state-in-bucket', {
      // A bucket that was removed and made again is empty.
      triggers_replace: [outputs.state_key_arn],
      depends_on: made.map(address),
      provisioner: [
        {
          'local-exec': {
            command: stateFile.move,
            environment: {
              STATE_FILE: stateFile.path,
              STATE_BACKEND: JSON.stringify(backend),
              // Terraform writes them behind the last resource, which is this one.
              STATE_OUTPUTS: Fn.jsonencode(outputs),
            },
          },
        },
      ],
    });
  }

  /**
   * Takes over what is there and in no state, such as when a checkout was lost before its state was moved. Terraform leaves alone what
   * the state has. Settings of a bucket and policies of a role need no import: they are written over.
   */
  private adopt(
    serviceImports: readonly ImportBlock[],
    bucket: { readonly resource: TerraformResource; readonly id: string },
    roles: DeliveryRoles['roles'],
    oidcProvider?: { readonly resource: TerraformResource; readonly id: string },
  ): void {
    // Importing what is not there is an error, and this lists what is there.
    const found =
      roles.length === 0
        ? ''
        : new DataAwsIamRoles(this, 'roles', { nameRegex: `^(${roles.map(({ name }) => name).join('|')})$` }).fqn;
    this.addOverride('import', [
      ...serviceImports,
      { to: address(bucket.resource), id: bucket.id },
      ...roles.map(({ name, role }) => ({
        for_each: `\${toset([for name in ${found}.names : name if name == "${name}"])}`,
        to: address(role),
        id: '${each.key}',
      })),
      // The roles name it, so it was there before them.
      ...(oidcProvider === undefined
        ? []
        : [
            {
              for_each: `\${toset(length(${found}.names) > 0 ? ["${oidcProvider.id}"] : [])}`,
              to: address(oidcProvider.resource),
              id: '${each.key}',
            },
          ]),
    ]);
  }
}

/** The address of a resource, as Terraform's blocks write it. */
function address({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { grantTo, type ArtifactStoreBucket, type Grantee } from '@mlflow-on-aws/foundation';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';

/** A bundle of server files and where it goes. */
export interface ServerBundleProps {
  /** Bucket that holds it, apart from the artifacts. */
  readonly store: ArtifactStoreBucket;
  /** Path of the bundle on the machine that synthesizes. */
  readonly path: string;
  /** SHA-256 of the bundle, hexadecimal. */
  readonly sha256: string;
}

/** The files that turn a machine into a tracking server, as one S3 object that a boot fetches and checks. */
export class ServerBundle extends Construct {
  /** Name of the bucket. */
  public readonly bucket: string;
  /** Key of the object. */
  public readonly key: string;
  /** SHA-256 that a boot checks. */
  public readonly sha256: string;
  private readonly arn: string;
  private readonly kmsKeyArn?: string;

  public constructor(scope: Construct, id: string, props: ServerBundleProps) {
    super(scope, id);
    const asset = new TerraformAsset(this, 'file', { path: props.path, type: AssetType.FILE, assetHash: props.sha256 });
    const object = new S3Object(this, 'object', {
      bucket: props.store.bucketName,
      // Named by its content: a server that boots again finds the bundle that it was made with.
      key: `server/${props.sha256}.tar.gz`,
      source: asset.path,
      contentType: 'application/gzip',
    });
    this.bucket = props.store.bucketName;
    this.key = object.key;
    this.sha256 = props.sha256;
    this.arn = `${props.store.bucketArn}/server/*`;
    this.kmsKeyArn = props.store.kmsKeyArn;
  }

  /** Lets a role fetch the bundle. */
  public grantRead(role: Grantee): IamRolePolicy {
    return grantTo(this, role, {
      id: 'read',
      name: 'read-server-bundle',
      statements: [
        { Sid: 'ReadServerBundle', Action: 's3:GetObject', Resource: this.arn },
        ...(this.kmsKeyArn === undefined
          ? []
          : [{ Sid: 'BundleKey', Action: 'kms:Decrypt', Resource: this.kmsKeyArn }]),
      ],
    });
  }
}

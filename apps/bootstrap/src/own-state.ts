import { stateBucketName } from '@mlflow-on-aws/foundation';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a state that are looked at here. Source: Terraform, "State format", version 4. */
interface State {
  readonly resources?: readonly {
    readonly type: string;
    readonly instances: readonly { readonly status?: string; readonly attributes?: { readonly bucket?: string } }[];
  }[];
}

/** What decides where the state of a bootstrap stack is. */
export interface OwnStateQuestion {
  /** Root of the checkout. */
  readonly root: string;
  /** Name of the stack. */
  readonly stack: string;
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region. */
  readonly region: string;
  /** Whether the state bucket is there, as far as known. */
  readonly bucketExists?: boolean;
}

/**
 * Where the state of a bootstrap stack is: a file at the root of the checkout until an apply has moved it, then the bucket.
 * @returns the path of the file, or undefined for the bucket
 */
export function ownStateFile(question: OwnStateQuestion): string | undefined {
  const file = join(question.root, `terraform.${question.stack}.tfstate`);
  const begun = stateIn(file);
  // The file of another account than the one in the environment's file today says nothing about this one.
  const ours = begun !== undefined && buckets(begun).includes(stateBucketName(question.accountId, question.region));
  if (ours && !moved(begun)) return file;
  if (ours && question.bucketExists === undefined) return undefined;
  return question.bucketExists ? undefined : file;
}

/**
 * Makes Terraform forget that this checkout kept a stack's state in a file: it would ask whether to move it, and that is done.
 * @param directory folder of the synthesized stack
 */
export function forgetFileBackend(directory: string): void {
  const memory = join(directory, '.terraform', 'terraform.tfstate');
  if (!existsSync(memory)) return;
  const { backend } = JSON.parse(readFileSync(memory, 'utf8')) as { backend?: { type?: string } };
  if (backend?.type === 'local') rmSync(memory);
}

function stateIn(file: string): State | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8') || '{}') as State) : undefined;
}

function buckets({ resources = [] }: State): readonly (string | undefined)[] {
  return resources
    .filter(({ type }) => type === 'aws_s3_bucket')
    .flatMap(({ instances }) => instances.map(({ attributes }) => attributes?.bucket));
}

/** The last resource of the stack is the one that moves the state; Terraform marks it tainted when that failed. */
function moved({ resources = [] }: State): boolean {
  return resources.some(
    ({ type, instances }) => type === 'terraform_data' && instances.some(({ status }) => status !== 'tainted'),
  );
}

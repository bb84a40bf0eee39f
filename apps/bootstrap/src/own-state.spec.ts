import { parseEnvironment } from '@mlflow-on-aws/config';
import { stateBucketName } from '@mlflow-on-aws/foundation';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstraps } from './index';
import { forgetFileBackend, ownStateFile } from './own-state';

const place = { stack: 'bootstrap', accountId: '123456789012', region: 'eu-west-1' };
const bucket = stateBucketName(place.accountId, place.region);
let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'own state '));
  file = join(root, 'terraform.bootstrap.tfstate');
});
afterEach(() => rmSync(root, { recursive: true }));

/** What an apply left: the bucket, and the step that moves the state, if it came so far. */
function left(move?: 'done' | 'tainted', name = bucket): void {
  const resources = [
    { type: 'aws_s3_bucket', instances: [{ attributes: { bucket: name } }] },
    ...(move ? [{ type: 'terraform_data', instances: [{ ...(move === 'tainted' ? { status: move } : {}) }] }] : []),
  ];
  writeFileSync(file, JSON.stringify({ version: 4, resources }));
}
const ask = (bucketExists?: boolean) => ownStateFile({ ...place, root, bucketExists });

describe('the state of bootstrap', () => {
  it('is a file while there is no bucket, or nobody knows', () => {
    expect(ask(false)).toBe(file);
    expect(ask(undefined)).toBe(file);
  });

  it('is in the bucket when that is there', () => expect(ask(true)).toBeUndefined());

  it.each([['an apply that was interrupted', undefined], ['a move that failed', 'tainted'] as const])(
    'stays in the file after %s, though the bucket is there',
    (_, move) => {
      left(move as 'tainted' | undefined);
      expect(ask(true)).toBe(file);
    },
  );

  it('is in the bucket once it was moved, also when nobody could be asked', () => {
    left('done');
    expect(ask(true)).toBeUndefined();
    expect(ask(undefined)).toBeUndefined();
  });

  it('begins anew when the bucket was removed', () => {
    left('done');
    expect(ask(false)).toBe(file);
  });

  it('is not that of another account', () => {
    left(undefined, stateBucketName('210987654321', 'eu-west-1'));
    expect(ask(true)).toBeUndefined();
  });
});

it('Terraform forgets the file, and nothing else', () => {
  const memory = join(root, '.terraform', 'terraform.tfstate');
  mkdirSync(join(root, '.terraform'));
  writeFileSync(memory, JSON.stringify({ backend: { type: 's3' } }));
  forgetFileBackend(root);
  expect(existsSync(memory)).toBe(true);
  writeFileSync(memory, JSON.stringify({ backend: { type: 'local' } }));
  forgetFileBackend(root);
  expect(existsSync(memory)).toBe(false);
});

describe('bootstraps', () => {
  const environment = (name: string, accountId: string, region = 'eu-west-1') =>
    parseEnvironment({ template: 'free-tier', name, accountId, region }, 'test');

  it('is one per account and region; what is global in an account is made in its first region', () => {
    const found = bootstraps([
      environment('dev', '123456789012'),
      environment('test', '123456789012'),
      environment('far', '123456789012', 'us-east-1'),
      environment('prod', '210987654321'),
    ]);
    expect(found.map(({ stack, first, environments }) => [stack, first, environments.map(({ name }) => name)])).toEqual(
      [
        ['bootstrap', true, ['dev', 'test']],
        ['bootstrap-far', false, ['far']],
        ['bootstrap-prod', true, ['prod']],
      ],
    );
  });
});

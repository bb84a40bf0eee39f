import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mlflow-on-aws/command-line';
import { Sandbox } from './sandbox';
import { ensureTerraform } from './terraform';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.end());

const said: string[] = [];
const report = (message: string) => void said.push(message);
beforeEach(() => said.splice(0));

test('TERRAFORM_BINARY_NAME comes first, as a name or as a path', async () => {
  sandbox.terraform('terraform', 'Terraform v1.11.4');
  const mine = sandbox.terraform('mine', 'OpenTofu v1.12.6');
  process.env.TERRAFORM_BINARY_NAME = 'mine';
  expect(await ensureTerraform(report)).toEqual({ binary: mine, kind: 'opentofu' });
  process.env.TERRAFORM_BINARY_NAME = mine;
  expect(await ensureTerraform(report)).toEqual({ binary: mine, kind: 'opentofu' });
});

test.each(['absent', 'old'])('a TERRAFORM_BINARY_NAME that is %s is refused, not passed over', async (name) => {
  sandbox.terraform('terraform', 'Terraform v1.11.4');
  sandbox.terraform('old', 'Terraform v1.10.5');
  process.env.TERRAFORM_BINARY_NAME = name;
  await expect(ensureTerraform(report)).rejects.toThrow(
    new UserError(`TERRAFORM_BINARY_NAME names "${name}", which is no Terraform or OpenTofu 1.11 or later`),
  );
});

test('then terraform, then tofu', async () => {
  const tofu = sandbox.terraform('tofu', 'OpenTofu v1.11.0');
  expect(await ensureTerraform(report)).toEqual({ binary: tofu, kind: 'opentofu' });
  const terraform = sandbox.terraform('terraform', 'Terraform v1.15.0-beta1\non linux_amd64');
  expect(await ensureTerraform(report)).toEqual({ binary: terraform, kind: 'terraform' });
});

test('one that is too old, or does not run, is passed over', async () => {
  sandbox.terraform('terraform', 'Terraform v1.5.7');
  const tofu = sandbox.terraform('tofu', 'OpenTofu v2.0.0');
  expect(await ensureTerraform(report)).toEqual({ binary: tofu, kind: 'opentofu' });
  sandbox.program('terraform', 'exit 1');
  expect(await ensureTerraform(report)).toEqual({ binary: tofu, kind: 'opentofu' });
});

test("the user's own configuration file, broken or not, plays no part", async () => {
  process.env.TF_CLI_CONFIG_FILE = '/nowhere/broken.tfrc';
  const terraform = sandbox.program(
    'terraform',
    'case "$TF_CLI_CONFIG_FILE" in /nowhere/*) exit 1;; *) echo Terraform v1.11.4;; esac',
  );
  expect(await ensureTerraform(report)).toEqual({ binary: terraform, kind: 'terraform' });
});

test('without any, Go builds OpenTofu into the cache, once', async () => {
  sandbox.terraform('terraform', 'Terraform v1.5.7');
  sandbox.go();
  const { binary, kind } = await ensureTerraform(report);
  expect(kind).toBe('opentofu');
  expect(binary.startsWith(join(sandbox.cache, 'opentofu'))).toBe(true);
  expect(existsSync(binary)).toBe(true);
  expect(said).toContain(`${join(sandbox.directory, 'bin', 'terraform')} is 1.5, which is too old`);
  expect(sandbox.calls().filter((call) => call.startsWith('go build'))).toHaveLength(1);

  expect(await ensureTerraform(report)).toEqual({ binary, kind });
  expect(sandbox.calls().filter((call) => call.startsWith('go build'))).toHaveLength(0);
});

test('an OpenTofu build that fails leaves nothing that looks like one', async () => {
  sandbox.go({ build: 'echo "no such package" >&2; exit 1;' });
  await expect(ensureTerraform(report)).rejects.toThrow(/building OpenTofu.*failed[^]*no such package/);
  expect(readdirSync(join(sandbox.cache, 'opentofu'))).toEqual(['unfinished']);
  sandbox.go();
  expect(existsSync((await ensureTerraform(report)).binary)).toBe(true);
  expect(readdirSync(join(sandbox.cache, 'opentofu'))).not.toContain('unfinished');
});

test('without Go either, one sentence says how to get one', async () => {
  sandbox.terraform('terraform', 'Terraform v1.5.7');
  const failure = await ensureTerraform(report).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as Error).message).toMatch(
    /^Terraform 1\.11 or later, or OpenTofu, is needed \(.*terraform is 1\.5\): install it from https.* or install Go.*$/,
  );
});

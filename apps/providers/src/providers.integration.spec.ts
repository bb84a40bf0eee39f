import { ensureAwsProvider, ensureTerraform } from '@mlflow-on-aws/workbench';
import { lockFile } from '@mlflow-on-aws/stacks';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockProblems } from './index';

jest.setTimeout(10 * 60_000);

const required = { aws: { source: 'hashicorp/aws', version: '~> 6.25' } };

test('what the real Terraform locks of this machine’s own provider is no lock to commit', async () => {
  const terraform = await ensureTerraform(() => undefined);
  const provider = await ensureAwsProvider(() => undefined, terraform);
  const folder = mkdtempSync(join(tmpdir(), 'own provider '));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
    const env = { ...process.env, ...provider, CHECKPOINT_DISABLE: '1' };
    execFileSync(terraform.binary, ['init', '-input=false'], { cwd: folder, env, stdio: 'ignore' });
    const lock = readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8').replaceAll('opentofu.org', 'terraform.io');
    expect(lockProblems(lock, required).join()).toContain('does not come from the registry');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(['dev', 'prod', 'bootstrap'])('the lock of %s lets no other provider in', async (stack) => {
  const committed = lockFile(join(__dirname, '..', '..', '..'), stack);
  if (!existsSync(committed)) return;
  const { binary } = await ensureTerraform(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'another provider '));
  try {
    const locked = /^ +version += "(.*)"$/m.exec(readFileSync(committed, 'utf8'))![1]!;
    const target = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const mirrored = join(folder, 'mirror', 'registry.terraform.io', 'hashicorp', 'aws', locked, target);
    mkdirSync(mirrored, { recursive: true });
    writeFileSync(join(mirrored, `terraform-provider-aws_v${locked}`), '#!/bin/sh\n', { mode: 0o755 });
    const mirror = JSON.stringify(join(folder, 'mirror'));
    writeFileSync(join(folder, 'rc'), `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`);
    const source = 'registry.terraform.io/hashicorp/aws';
    const required_providers = { aws: { source, version: required.aws.version } };
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers } }));
    copyFileSync(committed, join(folder, '.terraform.lock.hcl'));
    const { status, stderr } = spawnSync(binary, ['init', '-input=false', '-no-color', '-lockfile=readonly'], {
      cwd: folder,
      env: { ...process.env, TF_CLI_CONFIG_FILE: join(folder, 'rc'), CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
    });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/match any of the checksums/);
    expect(status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

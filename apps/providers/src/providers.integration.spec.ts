import { ensureAwsProvider, ensureTerraform } from '@mlflow-on-aws/local';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

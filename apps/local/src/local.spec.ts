import type { Environment } from '@mlflow-on-aws/config';
import { environments } from '@mlflow-on-aws/stacks';
import { Progress } from '@mlflow-on-aws/workbench';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalEnvironment } from './local-environment';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'local spec '))));
afterEach(() => rmSync(folder, { recursive: true }));

test('an environment that logs in with IAM tokens is refused before anything is started', async () => {
  const dev = environments().find(({ name }) => name === 'dev') as Environment;
  const iam: Environment = { ...dev, database: { ...dev.database, authentication: 'iam' } };
  const progress = new Progress(() => undefined);
  const tools = { postgres: '', emulatorPython: '', awsCli: '', serverPython: '', terraform: {} };
  await expect(new LocalEnvironment(folder, iam, tools, progress).up()).rejects.toThrow(
    /environment "dev": database\.authentication: got "iam", want password on this machine/,
  );
});

import type { Environment } from '@mlflow-on-aws/config';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { Progress } from '@mlflow-on-aws/workbench';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalEnvironment } from './local-environment';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'local spec '))));
afterEach(() => rmSync(folder, { recursive: true }));

test('an environment that logs in with IAM tokens is refused before anything is started', async () => {
  const dev = environmentNamed('dev');
  const iam: Environment = { ...dev, database: { ...dev.database, authentication: 'iam' } };
  const progress = new Progress(() => undefined);
  const tools = { postgres: '', emulatorPython: '', awsCli: '', serverPython: '', terraform: {} };
  await expect(new LocalEnvironment(folder, iam, tools, progress).up()).rejects.toThrow(
    /environment "dev": database\.authentication: got "iam", want password on this machine/,
  );
});

test('clients get the administrator’s password while the group names a machine that nobody has booted yet', async () => {
  const write = (file: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, { mode });
  };
  write(
    'emulated-aws/account/endpoint.json',
    JSON.stringify({ proxyUrl: 'http://127.0.0.1:1', metadataEndpoint: 'x' }),
  );
  write('machines/i-1new/port', '10000');
  write('machines/i-2old/root/etc/mlflow/server.json', JSON.stringify({ adminSecretArn: 'arn:of:the:administrator' }));
  write('bin/aws', `#!/bin/sh\necho '{"username": "admin", "password": "'$4'"}'\n`, 0o755);
  const tools = { postgres: '', emulatorPython: '', awsCli: join(folder, 'bin'), serverPython: '', terraform: {} };
  const local = new LocalEnvironment(folder, environmentNamed('prod'), tools, new Progress(() => undefined));
  expect(await local.clientEnvironment()).toMatchObject({
    MLFLOW_TRACKING_USERNAME: 'admin',
    MLFLOW_TRACKING_PASSWORD: 'arn:of:the:administrator',
  });
});

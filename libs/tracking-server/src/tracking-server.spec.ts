import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rdsCertificateAuthorities, trackingServerBundle } from './bundle';
import type { ServerConfig } from './server-config';
import { renderUserData } from './user-data';

const config: ServerConfig = {
  environment: 'dev',
  region: 'us-east-1',
  port: 5000,
  keepAliveSeconds: 130,
  database: {
    host: 'db.example.com',
    replicaHost: null,
    port: 5432,
    name: 'mlflow_db',
    user: 'mlflow',
    passwordSecretArn: 'arn:secret',
    passwordRotationDays: null,
    iamUser: null,
  },
  artifacts: { bucket: 'artifacts', prefix: 'artifacts', traceArchivePrefix: 'archived-traces', mode: 'proxied' },
  allowedHosts: [],
  corsAllowedOrigins: [],
  publicDns: true,
  adminSecretArn: null,
  keysSecretArn: 'arn:keys',
  prometheusPort: null,
  logGroup: null,
  housekeeping: null,
  sizing: { workers: 1, poolSize: 10, maxOverflow: 10 },
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tracking server '))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the bundle', () => {
  it('has the same bytes every time, and the hash it says', () => {
    const [first, second] = [trackingServerBundle(), trackingServerBundle()];
    expect(first).toEqual(second);
    expect(createHash('sha256').update(readFileSync(first.path)).digest('hex')).toBe(first.sha256);
  });

  it('unpacks with tar into what boot and run need', () => {
    execFileSync('tar', ['-xzf', trackingServerBundle().path, '-C', folder]);
    for (const name of ['run', 'boot', 'rotate']) expect(statSync(join(folder, name)).mode & 0o111).not.toBe(0);
    for (const name of [
      'requirements.txt',
      'mlflow.service',
      'housekeeping',
      'cloudwatch-agent.json',
      'tracking_server/application.py',
      'rds-ca.pem',
    ]) {
      expect(statSync(join(folder, name)).size).toBeGreaterThan(0);
    }
  });

  it('carries Amazon’s RDS authorities of every generation in use, and none of its test regions', () => {
    const subjects = rdsCertificateAuthorities()
      .split(/(?=-----BEGIN)/)
      .map((pem) => new X509Certificate(pem).subject);
    for (const generation of ['RSA2048 G1', 'RSA4096 G1', 'ECC384 G1']) {
      expect(subjects).toContainEqual(expect.stringContaining(`Amazon RDS us-east-1 Root CA ${generation}`));
    }
    expect(subjects.filter((subject) => /Beta|Preview/.test(subject))).toEqual([]);
  });

  it('locks every requirement with a hash, and names no registry', () => {
    const lock = readFileSync(join(__dirname, '..', 'server', 'requirements.txt'), 'utf8');
    const requirements = lock.split(/\n(?=\S)/).filter((entry) => entry.includes('=='));
    expect(requirements.filter((entry) => !entry.includes('--hash=sha256:'))).toEqual([]);
    expect(lock).not.toMatch(/https?:\/\/|index-url/);
  });
});

describe('user data', () => {
  const bundle = { bucket: 'artifacts', key: 'server/x.tar.gz', sha256: 'a'.repeat(64) };

  it('is a shell script of a size that EC2 takes', () => {
    const script = renderUserData({ bundle, config });
    writeFileSync(join(folder, 'script'), script);
    execFileSync('bash', ['-n', join(folder, 'script')]);
    expect(Buffer.byteLength(script)).toBeLessThan(16 * 1024);
  });

  it('has nothing that Terraform would take for its own', () => {
    expect(renderUserData({ bundle, config })).not.toMatch(/[$%]\{/);
  });

  it('names the folder with the wheels to the boot, where there is one', () => {
    const script = renderUserData({ bundle, config, wheelhouse: 's3://wheels/mlflow' });
    expect(script).toMatch(/export MLFLOW_WHEELHOUSE='s3:\/\/wheels\/mlflow' AWS_DEFAULT_REGION='us-east-1'\nexec/);
    expect(renderUserData({ bundle, config })).not.toContain('MLFLOW_WHEELHOUSE');
  });

  it('leaves the boot to a unit that is tried again until it succeeded', () => {
    const script = renderUserData({ bundle, config });
    const [, unit = ''] = /<<'MLFLOW_BOOT_UNIT'\n([^]*?)\nMLFLOW_BOOT_UNIT\n/.exec(script) ?? [];
    for (const line of ['Type=oneshot', 'Restart=on-failure', 'StartLimitIntervalSec=0', 'WantedBy=multi-user.target'])
      expect(unit.split('\n')).toContain(line);
    expect(unit).toMatch(/ConditionPathExists=!(\S+)\n[^]*ExecStartPost=\/usr\/bin\/touch \1\n/);
    expect(script).toMatch(/systemctl enable .*mlflow-boot.service\nsystemctl start --no-block mlflow-boot.service\n$/);
  });

  it('is refused when it is too large', () => {
    const allowedHosts = Array.from({ length: 1000 }, (_, index) => `host-${index}.example.com`);
    expect(() => renderUserData({ bundle, config: { ...config, allowedHosts } })).toThrow(
      /user data has \d+ bytes, EC2 takes 16384/,
    );
  });

  /** Runs user data in a folder, with an AWS CLI that hands out `archive`. */
  function boot(archive: string, sha256: string): string {
    writeFileSync(join(folder, 'aws'), `#!/bin/bash\ncp '${archive}' "\${@: -1}"\n`, { mode: 0o755 });
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      MLFLOW_ROOT: join(folder, 'root'),
      MLFLOW_VENV: folder,
    };
    writeFileSync(join(folder, '.complete'), '');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'bin', 'python'), '#!/bin/bash\n', { mode: 0o755 });
    return execFileSync('bash', ['-s'], {
      env,
      input: renderUserData({ bundle: { ...bundle, sha256 }, config }),
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  it('writes the configuration, unpacks the bundle and boots, in a folder with spaces, twice', () => {
    const { path, sha256 } = trackingServerBundle();
    for (let time = 0; time < 2; time += 1) expect(boot(path, sha256)).toContain('done');
    const root = join(folder, 'root');
    expect(JSON.parse(readFileSync(join(root, 'etc/mlflow/server.json'), 'utf8'))).toEqual(config);
    expect(statSync(join(root, 'opt/mlflow/current/run')).mode & 0o111).not.toBe(0);
  });

  it('refuses a bundle that is not the stack’s', () => {
    const other = join(folder, 'other.tar.gz');
    writeFileSync(other, 'something else');
    expect(() => boot(other, trackingServerBundle().sha256)).toThrow(/not those of this stack/);
  });
});

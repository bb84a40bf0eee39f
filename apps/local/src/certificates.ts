import { issueCertificate } from '@mlflow-on-aws/workbench';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files, PEM, of a certificate, its key and the authority that vouches for it. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authorityFile: string;
}

/** Where the certificate of a folder is, whether it was issued or not. */
export function certificateIn(directory: string): Certificate {
  return {
    certificateFile: join(directory, 'server.crt'),
    keyFile: join(directory, 'server.key'),
    authorityFile: join(directory, 'rds-ca.pem'),
  };
}

/**
 * The certificate of a host name, issued unless the folder has it.
 * @param python Python environment of the emulator, which issues it
 * @param before done before another one takes the place of what is there
 */
export async function certificateOf(
  host: string,
  directory: string,
  python: string,
  before: () => Promise<void> = async () => undefined,
): Promise<Certificate> {
  const issuedFor = join(directory, 'host');
  if (!existsSync(issuedFor) || readFileSync(issuedFor, 'utf8') !== host) {
    await before();
    await issueCertificate(python, directory, host);
    writeFileSync(issuedFor, host);
  }
  return certificateIn(directory);
}

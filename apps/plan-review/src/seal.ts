import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';

const saltSize = 16;
const nonceSize = 12;
const tagSize = 16;

/** Encrypts a plan, which holds every secret of its environment, for the way from one job to the next. */
export function seal(content: Buffer, passphrase: string): Buffer {
  const salt = randomBytes(saltSize);
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), nonce);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]);
}

/** Decrypts what `seal` encrypted; throws when the passphrase is another one or a bit was changed. */
export function unseal(sealed: Buffer, passphrase: string): Buffer {
  const salt = sealed.subarray(0, saltSize);
  const nonce = sealed.subarray(saltSize, saltSize + nonceSize);
  const tag = sealed.subarray(saltSize + nonceSize, saltSize + nonceSize + tagSize);
  const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), nonce);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(saltSize + nonceSize + tagSize)), decipher.final()]);
}

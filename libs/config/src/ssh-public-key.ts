/**
 * What is wrong with an OpenSSH public key, judged by what it holds rather than by how it looks; undefined when EC2 takes it.
 * Source: Amazon EC2 user guide, "Create a key pair for your Amazon EC2 instance", requirements of imported keys.
 */
export function publicKeyProblem(key: string): string | undefined {
  const [type = '', base64 = ''] = key.split(' ');
  const parts = fields(Buffer.from(base64, 'base64'));
  if (parts?.[0]?.toString('latin1') !== type) return 'a whole key: this one is cut off or changed';
  if (type === 'ssh-ed25519') return parts.length === 2 && parts[1]?.length === 32 ? undefined : 'a whole ED25519 key';
  const modulus = parts[2];
  if (parts.length !== 3 || modulus === undefined) return 'a whole RSA key';
  const bits = bitLength(modulus);
  if (bits < 2048 || bits > 4096) return `an RSA key of 2048 to 4096 bits, this one has ${bits}`;
  return undefined;
}

/** The length-prefixed fields of the SSH wire format (RFC 4253, section 6.6), or undefined when the lengths do not add up. */
function fields(blob: Buffer): readonly Buffer[] | undefined {
  const found: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function bitLength(number: Buffer): number {
  const hex = number.toString('hex').replace(/^0+/, '');
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length;
}

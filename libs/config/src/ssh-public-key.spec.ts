import { dev, edit, problems } from './spec-helpers';

function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as Buffer);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function key(type: string, ...parts: readonly Buffer[]): string {
  return `${type} ${Buffer.concat([field(type), ...parts.map((part) => field(part))]).toString('base64')} me@example.com`;
}

const ed25519 = key('ssh-ed25519', Buffer.alloc(32, 7));
const exponent = Buffer.from([1, 0, 1]);
// A positive number begins with a zero byte when its first bit is set (RFC 4251, section 5).
const rsa = (bits: number) => key('ssh-rsa', exponent, Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0x81)]));

const withKey = (sshPublicKey: unknown) => problems(edit(dev, { 'access.sshPublicKey': sshPublicKey }));

describe('access.sshPublicKey', () => {
  it.each([
    ['ED25519', ed25519],
    ['RSA of 2048 bits', rsa(2048)],
    ['RSA of 4096 bits', rsa(4096)],
    ['without comment', ed25519.split(' ').slice(0, 2).join(' ')],
    ['with the line end of its file', `${ed25519}\n`],
  ])('may be %s', (_, publicKey) => {
    expect(withKey(publicKey)).toEqual([]);
  });

  it.each([
    ['cut off', ed25519.slice(0, 50), 'a whole key: this one is cut off or changed'],
    [
      'of another type inside',
      ed25519.replace('ssh-ed25519', 'ssh-rsa'),
      'a whole key: this one is cut off or changed',
    ],
    ['an ED25519 key too short', key('ssh-ed25519', Buffer.alloc(31, 7)), 'a whole ED25519 key'],
    ['an RSA key without modulus', key('ssh-rsa', exponent), 'a whole RSA key'],
    ['an RSA key too short', rsa(1024), 'an RSA key of 2048 to 4096 bits, this one has 1024'],
    ['an RSA key too long', rsa(8192), 'an RSA key of 2048 to 4096 bits, this one has 8192'],
    ['ECDSA', key('ecdsa-sha2-nistp256', Buffer.alloc(65, 4)), 'an OpenSSH public key of type RSA or ED25519'],
    ['a path', '~/.ssh/id_ed25519.pub', 'the content of a file such as id_ed25519.pub'],
    ['two keys', `${ed25519}\n${ed25519}`, 'an OpenSSH public key of type RSA or ED25519'],
    ['no text', 7, 'an OpenSSH public key'],
  ])('is refused when it is %s', (_, publicKey, want) => {
    expect(withKey(publicKey)).toEqual([expect.stringContaining(want)]);
    expect(withKey(publicKey)[0]).toMatch(/^access\.sshPublicKey: got (text of \d+ characters \(not shown\)|7), want /);
  });
});

describe('a secret in the file', () => {
  const body = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
  const secrets = [
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`,
    `-----BEGIN RSA PRIVATE KEY-----\n${body}`,
    `PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n${body}`,
    `postgresql://mlflow:${body}@host/mlflow_db`,
    `AKIA0123456789ABCDEF ${body}`,
  ];

  it.each([
    'access.sshPublicKey',
    'access.ssh.cidrs',
    'access.sshKey',
    'access.trackingCidrs',
    'database.username',
    'database.password',
    'database',
    'region',
    'name',
    'template',
    'tags.Owner',
    'note',
  ])('is never shown in %s, wrapped or not', (path) => {
    for (const secret of secrets) {
      for (const value of [secret, [secret], { inner: secret }]) {
        const told = problems(edit(dev, { [path]: value })).join('\n');
        expect(told).not.toContain(body);
        expect(told).not.toContain(body.slice(0, 8));
        if (path !== 'tags.Owner') expect(told).not.toBe('');
      }
    }
  });

  it('is not shown under a key that is called like one', () => {
    expect(problems(edit(dev, { 'database.masterPassword': 'hunter2' }))).toEqual([
      expect.stringContaining(
        'database.masterPassword: got text of 7 characters (not shown), want a key of the schema',
      ),
    ]);
    expect(problems(edit(dev, { 'access.sshPublicKey': secrets[0] }))).toEqual([
      expect.stringContaining('access.sshPublicKey: got a private key (not shown; it must never be in a file), want'),
    ]);
  });
});

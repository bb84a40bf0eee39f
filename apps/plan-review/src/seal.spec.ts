import { seal, unseal } from './seal';

const secret = Buffer.from('{"password":"hunter2"}');

it('opens with the same passphrase, and shows nothing without', () => {
  const sealed = seal(secret, 'the passphrase');
  expect(unseal(sealed, 'the passphrase')).toEqual(secret);
  expect(sealed.toString('latin1')).not.toContain('hunter2');
  expect(seal(secret, 'the passphrase')).not.toEqual(sealed);
});

it('opens with no other, and not when a bit was changed', () => {
  const sealed = seal(secret, 'the passphrase');
  expect(() => unseal(sealed, 'another')).toThrow();
  for (const index of [0, 20, 30, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => unseal(changed, 'the passphrase')).toThrow();
  }
  expect(() => unseal(Buffer.alloc(3), 'the passphrase')).toThrow();
});

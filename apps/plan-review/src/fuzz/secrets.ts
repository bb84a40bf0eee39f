import type { Random } from './random';

/** A planted value, and the parts of it by which it is known again however it is written. */
export interface Planted {
  readonly text: string;
  /** Letters and digits, which no escape changes. */
  readonly cores: readonly string[];
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const signs = letters + letters.toUpperCase() + digits;

/** A word of letters and digits that stands nowhere else. */
function core(random: Random, length = 12 + random.below(12)): string {
  return `${random.of([...letters])}${random.below(10)}${random.text(signs, length - 2)}`;
}

type Maker = (random: Random) => Planted;

const around =
  (before: string, after: string): Maker =>
  (random) => {
    const inner = core(random);
    return { text: `${before}${inner}${after}`, cores: [inner] };
  };

const makers: readonly Maker[] = [
  around('', ''),
  around('p@ss!', '(9) \'"*'),
  around('<a href="', '">&amp;</a>'),
  around('größe ☃ ', ' 鍵'),
  around('%41\\n', '\\\\ +'),
  around('correct horse ', ' battery'),
  around('  ', '\n'),
  around('$${', '}%%{'),
  (random) => {
    const text = core(random, 7);
    return { text, cores: [text] };
  },
  (random) => {
    const text = `${1 + random.below(9)}${random.text(digits, 15)}`;
    return { text, cores: [text] };
  },
  (random) => {
    const text = random.text(letters, 18);
    return { text, cores: [text] };
  },
  (random) => {
    const lines = Array.from({ length: 3 + random.below(5) }, () => core(random, 64));
    return {
      text: `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----\n`,
      cores: lines,
    };
  },
  (random) => {
    const [user, password] = [core(random), core(random)];
    return { text: JSON.stringify({ user, nested: [{ password }] }), cores: [user, password] };
  },
  (random) => {
    const parts = Array.from({ length: 2000 + random.below(900) }, () => core(random, 15));
    return { text: parts.join(''), cores: [parts[0], parts[777], parts.at(-1)] as string[] };
  },
];

/** A value of any kind; long ones are rare. */
export function plantedValue(random: Random): Planted {
  const long = random.chance(0.02);
  return long ? (makers.at(-1) as Maker)(random) : random.of(makers.slice(0, -1))(random);
}

/** A value that looks secret by itself. */
export function plantedMake(random: Random): Planted {
  const part = random.text(signs, 40);
  const make = random.of([
    `ghp_${part.slice(0, 36)}`,
    `xoxb-1234567890-${part}`,
    `AKIA${part.slice(0, 16).toUpperCase()}`,
    `glpat-${part.slice(0, 20)}`,
  ]);
  return { text: make, cores: [make.slice(-14)] };
}

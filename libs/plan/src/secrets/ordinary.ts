/** Which letter follows which in the words of the AWS provider's documentation, in four or more different words. */
const follows: Readonly<Record<string, string>> = {
  a: 'abcdfgiklmnprstuvwxyz',
  b: 'acdeijlnoprsuy',
  c: 'acdehiklmoprstuy',
  d: 'abcdefgiklmnoprstuwy',
  e: 'abcdefghijklmnopqrstuvwxy',
  f: 'aefilorstuy',
  g: 'aeghilmnoprsu',
  h: 'aceilmorstuy',
  i: 'abcdefglmnoprstvxz',
  j: 'eou',
  k: 'aefgilmnpsu',
  l: 'abdefilmnostuvy',
  m: 'abdeilmopqstu',
  n: 'acdefghiklmnoprstuvy',
  o: 'abcdfgiklmnoprstuvwxy',
  p: 'acdefghilnoprstuy',
  q: 'lu',
  r: 'abcdefgiklmnoprstuvwy',
  s: 'acdefhiklmnopqrstuvwy',
  t: 'abcdefhilmnoprstuwy',
  u: 'abcdefgilmnoprstx',
  v: 'aceiop',
  w: 'aehilnors',
  x: 'aceimpt',
  y: 'acemnpst',
  z: 'aeio',
};

const longestWord = 14;

/**
 * Whether a text is a word that people use for many things, such as `postgres`, `production` or `true`.
 *
 * Such a word says nothing where it stands beside its mark, and as a part of others it would hide everything.
 */
export function isOrdinary(text: string): boolean {
  if (!/^[A-Za-z]+$/.test(text)) return formats.some((format) => format.test(text));
  const parts = text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const words = parts.join('') === text && parts.every((part) => parts.length === 1 || part.length >= 3);
  return text.length <= longestWord * parts.length && words && parts.every((part) => isWord(part.toLowerCase()));
}

function isWord(part: string): boolean {
  if (part.length > longestWord) return false;
  const odd = [...part].filter((letter, at) => at > 0 && !follows[part[at - 1] as string]?.includes(letter)).length;
  // Names of products, such as postgres, have an odd pair; random letters have many.
  return part.length < 8 || odd <= (part.length < 10 ? 1 : 0);
}

const formats: readonly RegExp[] = [
  // Few digits, versions, addresses of networks, days.
  /^[+-]?\d{1,5}(\.\d+)?$/,
  /^v?\d{1,4}(\.\d{1,4})+$/,
  /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
  /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){1,7}\/\d{1,3}$/i,
  /^\d{4}-\d{2}-\d{2}$/,
  // Regions, zones, kinds of instances.
  /^[a-z]{2}(-[a-z]+){1,2}-\d[a-z]?$/,
  /^(db\.|cache\.)?[a-z]{1,3}\d[a-z]{0,3}\.[a-z0-9]{4,9}$/,
];

/** Whether a text is an id, a name or a word of policies that AWS gives: providers mark what holds one, and it opens nothing. */
export function isIdentifier(text: string): boolean {
  return /^(arn:aws[\w-]*:|[a-z]{1,8}-[0-9a-f]{8}([0-9a-f]{9})?$|(aws|dynamodb|ec2|ecr|ecs|iam|kms|lambda|logs|rds|s3|secretsmanager|sns|sqs|ssm|sts):[A-Z][A-Za-z]+$)/.test(
    text,
  );
}

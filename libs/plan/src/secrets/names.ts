// What people call a secret in environment variables, settings of charts, parameters, and attributes.
const telling =
  /passw(or)?d|passphrase|secret|token|credential|^(pwd|pw|pass|pgpass|passkey|creds|authorization)$|(api|access|private|auth|master|signing|encryption)key$/;
const keys =
  /^(access|account|admin|api|app|application|auth|client|encryption|license|master|private|secret|service|session|shared|signing|storage)$/;
/** Keys that open nothing, though they end as those that do. */
const openKeys =
  /^(public|primary|partition|sort|hash|range|foreign|routing|shard|kms|cmk|s3|object|bucket|tag|cache|group|map|row|index|column|idempotency|dedup|order|host|config)$/;

/** Last words that make of a secret's name the name of something about it. */
const about = new Set(
  (
    'age alias algorithm arn arns attribute attributes audience base64encoded count days dir disabled enabled encryption endpoint expiration expires expiry ' +
    'file filename format history host hours id ids interval issuer length lifetime limit location manager method minutes mode name names ' +
    'parameter path policies policy prefix prevention provider ref region required rotation scope seconds size status store time timeout ' +
    'ttl type types units uri url validity version versions'
  ).split(' '),
);

/** Tokens that only tell two requests apart, and what they make. */
const openTokens = /^(change|continuation|creation|idempotency|next|pagination|request)$/;

/** Whether what stands under such a name is, most likely, secret: `DB_PASSWORD`, `apiKey`, `auth.token`, `STRIPE_KEY`. */
export function isSecretName(name: string): boolean {
  if (name.length > 200 || name.includes(':')) return false;
  const last = name.split(/[./]/).findLast((part) => part !== '') ?? '';
  const words = last
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const end = words.at(-1) ?? '';
  if (about.has(end) || (end === 'token' && openTokens.test(words.at(-2) ?? ''))) return false;
  if (telling.test(last.toLowerCase()) || words.some((word) => telling.test(word))) return true;
  const before = words.at(-2);
  if (end !== 'key' || before === undefined || openKeys.test(before)) return false;
  return keys.test(before) || /^[A-Z0-9_]+$/.test(last);
}

/** Keys whose text names what stands beside them under `value`: environments of containers, settings, parameters. */
const naming = ['name', 'Name', 'key', 'Key', 'ParameterKey', 'parameter_key', 'OptionName', 'variable'];
const valued = /^(value|Value|ParameterValue|parameter_value|string_value|default)$/;

/** Whether a part of an object is, by its name or by what stands beside it, most likely secret. */
export function isSecretPlace(container: unknown, key: string | number): boolean {
  if (typeof key !== 'string' || typeof container !== 'object' || container === null) return false;
  const value = (container as Readonly<Record<string, unknown>>)[key];
  if (!isSecretValue(value)) return false;
  if (isSecretName(key)) return true;
  if (!valued.test(key)) return false;
  return naming.some((name) => {
    const label = (container as Readonly<Record<string, unknown>>)[name];
    return typeof label === 'string' && isSecretName(label);
  });
}

/** Values that are no secret whatever they are called: switches, references, what is filled in later. */
const open =
  /^(\(sensitive\)|true|false|yes|no|on|off|null|none|required|optional|enabled|disabled|arn:aws[\w-]*:\S*|\$\{[^}]*\}|\$\(.*\)|\$[A-Za-z_]\w*|!\w+( .*)?|\{\{.*\}\}|<[\w -]*>|\d{1,3})$/is;

/** Whether a value may be secret at all: a text, a number of some digits, or a list of texts. */
export function isSecretValue(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !open.test(value);
  if (typeof value === 'number') return Math.abs(value) >= 1000;
  return Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string');
}

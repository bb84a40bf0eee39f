/** Secrets that tell by their form what they are. Sources: what their issuers say of them, and the rules of gitleaks (November 2026). */
const forms: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /PRIVATE KEY|PuTTY-User-Key|AGE-SECRET-KEY-1/],
  ['an AWS access key', /(?<![A-Za-z0-9])(AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{12,}/],
  ['an AWS session token', /(?<![A-Za-z0-9+/])(IQoJ|FwoG|FQoG)[A-Za-z0-9+/_=-]{40,}/],
  ['a GitHub token', /gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}/],
  ['a GitLab token', /gl[a-z]{2,8}-[A-Za-z0-9_-]{20,}/],
  [
    'a Slack token',
    /xox[a-z][-.][A-Za-z0-9-]{8,}|xapp-\d-[A-Za-z0-9-]{8,}|hooks\.slack\.com\/(services|workflows)\/\w+/,
  ],
  ['a JSON Web Token', /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['an address with a password', /:\/\/[^/\s:@]*:[^/\s@]+@/],
  ['a key of Google', /AIza[A-Za-z0-9_-]{30,}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,}/],
  ['a key of Stripe', /[rs]k_(live|test)_[A-Za-z0-9]{16,}/],
  ['a key of OpenAI, Anthropic or the like', /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}/],
  ['a token of a package registry', /npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}/],
  ['a token of Hugging Face', /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}/],
  ['a token of Databricks', /(?<![A-Za-z0-9])dapi[a-f0-9]{32}/],
  ['a token of HashiCorp', /hv[sbr]\.[A-Za-z0-9_-]{20,}|\.atlasv1\.[A-Za-z0-9_-]{20,}/],
  ['a login', /(?<![A-Za-z])(Bearer|Basic) +[A-Za-z0-9+/._~-]{16,}/i],
];

/** Names of keys whose value is nobody's business. */
const secretKey = /pass(word|wd|phrase)|secret|token|credential|private|public_?key$|api[-_. ]?key|access[-_. ]?key/i;

/** Names that say of their value that it is a secret, as the name of a tag does; `secret-rotation` and `token-claim` say something else. */
const holdsSecret =
  /(pass(word|wd|phrase)?|secret|(?<!cost[-_. ]?)token|credentials?|(api|access|private|secret|signing|encryption)[-_. ]?key)s?$/i;

/**
 * What secret a text holds; undefined when it holds none that can be told.
 *
 * Besides those of known form a key is found by its looks: the 40 characters of AWS's own, or more that come at random.
 */
export function secretIn(text: string): string | undefined {
  const known = forms.find(([, form]) => form.test(text));
  if (known) return known[0];
  const awsKeys = text.match(/(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g) ?? [];
  return awsKeys.some(isNoName) || runs(text).some((run) => run.length >= 40 && looksRandom(run)) ? 'a key' : undefined;
}

/** Whether a value with this name should not be shown: for what it is called, for what it is, or for what it may be. */
export function maySecret(text: string, key = ''): boolean {
  const long = text.match(/[A-Za-z0-9+/=]{32,}/g) ?? [];
  return (
    secretKey.test(key) ||
    secretIn(text) !== undefined ||
    long.some((run) => /\d/.test(run) && /[A-Za-z]/.test(run)) ||
    runs(text).some(looksRandom)
  );
}

/** Whether a name says of its value that it is a secret. */
export function namesSecret(key: string): boolean {
  return holdsSecret.test(key);
}

/** Stretches of what keys are written in. */
function runs(text: string): readonly string[] {
  return text.match(/[A-Za-z0-9+/_.~=-]{20,}/g) ?? [];
}

/**
 * Whether letters and digits come at random: of two that are neighbours every second or third differs in kind. Names and paths do not look
 * so, even with capitals in them: hyphens and dots leave no long part.
 */
function looksRandom(run: string): boolean {
  if (!isNoName(run) || Math.max(...run.split(/[-_.~]/).map((part) => part.length)) < 12) return false;
  const letters = run.replace(/[^A-Za-z0-9]/g, '');
  const kinds = [...letters].map((letter) => (/\d/.test(letter) ? 'digit' : /[a-z]/.test(letter) ? 'lower' : 'upper'));
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length >= letters.length / 3;
}

/** Whether it has letters of both cases and digits, and these not only at the ends of words. */
function isNoName(run: string): boolean {
  const everyKind = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(run));
  return everyKind && !run.split(/[-_.~/+=]/).every((word) => /^[A-Za-z]*\d*$/.test(word));
}

/** A text of somebody else's, such as an error's, with what may be a secret taken out. */
export function withoutSecrets(text: string): string {
  const shown = text.replace(/[^\s"'`,;()<>]{8,}/g, (word) => (maySecret(word) ? '(not shown)' : word));
  return secretIn(shown) ? `text of ${text.length} characters (not shown: there is a secret in it)` : shown;
}

import type { Plan } from './plan';

/** What stands in the place of a sensitive value. */
export const hidden = '(sensitive)';

/** Takes every secret of a plan out of a text. */
export type Redact = (text: string) => string;

/**
 * The redactor of a plan: what is marked sensitive, and the values of sensitive variables, wherever they occur.
 *
 * Terraform's marks are lost where a provider copies a value, so the values themselves are looked for: as they are, in
 * each of their lines, as they stand inside JSON or a URL, and in base64. A value of fewer than four characters is hidden
 * where it is the whole text only: as a part of others it would hide everything and say nothing.
 */
export function redactorOf(...plans: readonly Plan[]): Redact {
  const secrets = new Set(plans.flatMap((plan) => [...variableSecrets(plan), ...markedSecrets(plan)]));
  const short = new Set([...secrets].filter((secret) => secret.length < 4));
  const forms = new Set([...secrets].filter((secret) => secret.length >= 4).flatMap(formsOf));
  if (forms.size === 0 && short.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const anywhere = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escape).join('|'), 'g');
  return (text) => {
    if (short.has(text)) return hidden;
    return anywhere === undefined ? text : text.replace(anywhere, hidden);
  };
}

type ConfigurationModule = NonNullable<Plan['configuration']['root_module']>;
type Values = Readonly<Record<string, unknown>>;

function variableSecrets(plan: Plan): string[] {
  const values = Object.fromEntries(Object.entries(plan.variables).map(([name, { value }]) => [name, value]));
  return plan.configuration.root_module === undefined ? [] : moduleSecrets(plan.configuration.root_module, values);
}

/** The sensitive variables of a module and of those it calls, as far as the plan says what they are given. */
function moduleSecrets({ variables, module_calls }: ConfigurationModule, values: Values): string[] {
  const own = Object.entries(variables)
    .filter(([, { sensitive }]) => sensitive)
    .flatMap(([name, variable]) => [...leaves(values[name]), ...leaves(variable.default)]);
  const called = Object.values(module_calls).flatMap(({ expressions, module }) => {
    if (module === undefined) return [];
    const given = Object.entries(expressions ?? {}).map(([name, expression]) => [name, valueOf(expression, values)]);
    return moduleSecrets(module, Object.fromEntries(given) as Values);
  });
  return [...own, ...called];
}

/** What an expression gives: a constant, or a variable of the module it stands in. */
function valueOf(expression: unknown, values: Values): unknown {
  const { constant_value, references } = (expression ?? {}) as { constant_value?: unknown; references?: string[] };
  if (constant_value !== undefined) return constant_value;
  return references?.map((reference) => values[reference.replace(/^var\./, '')]);
}

function markedSecrets(plan: Plan): string[] {
  const changes = [
    ...plan.resource_changes.map(({ change }) => change),
    ...plan.resource_drift.map(({ change }) => change),
    ...plan.deferred_changes.map(({ resource_change }) => resource_change.change),
    ...Object.values(plan.output_changes),
  ];
  return (
    changes
      .flatMap(({ before, before_sensitive, after, after_sensitive }) => [
        ...marked(before, before_sensitive),
        ...marked(after, after_sensitive),
      ])
      // Marks also lie on ordinary words, such as a user name: hiding those everywhere would hide the plan.
      .filter((secret) => secret.length >= 8)
  );
}

function marked(value: unknown, mark: unknown): string[] {
  if (mark === true) return leaves(value);
  if (typeof value !== 'object' || value === null || typeof mark !== 'object' || mark === null) return [];
  return Object.entries(mark).flatMap(([key, inner]) => marked((value as Record<string, unknown>)[key], inner));
}

/** The texts a value is made of; true, false and null are no secrets. */
function leaves(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value, ...leaves(parsed(value))];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    // Terraform's jsonencode writes <, > and & this way.
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    encodeURIComponent(secret),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= 8) : []),
    ...(secret.length >= 8 ? inBase64(secret) : []),
  ];
}

/** How a text reads inside base64, at each of the three places it can start; its ends blend with its neighbours and are left out. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const whole = Math.floor(bytes.length / 3) * 4;
    return bytes.toString('base64').slice(offset === 0 ? 0 : 4, whole);
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

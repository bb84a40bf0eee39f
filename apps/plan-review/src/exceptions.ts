import { UserError } from '@mlflow-on-aws/command-line';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A refused change that a reviewer lets through. */
export interface PlanException {
  /** Exact address of the resource, as the comment prints it. */
  readonly address: string;
  /** Why it may happen, for whoever reads the file later. */
  readonly reason: string;
  /** Last day on which it counts (YYYY-MM-DD, UTC). */
  readonly expiry: string;
  /**
   * The one environment it counts for.
   * @default - every environment
   */
  readonly environment?: string;
}

/** A file of exceptions that cannot be used: the message names every problem. */
export class ExceptionsError extends UserError {}

const example = '[{ "address": "aws_db_instance.old", "reason": "moved to the cluster", "expiry": "2027-01-31" }]';

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const schema = z.array(
  z.strictObject({
    address: z
      .string()
      .min(1, 'is empty')
      .refine(
        (address) => !/[*\s]/.test(address.replace(/\["[^"]*"\]/g, '')),
        'must be one exact address, without wildcards',
      ),
    reason: z.string().refine((reason) => reason.trim() !== '', 'is empty: say why it may happen'),
    expiry: z.string().refine(isDay, 'must be a day such as "2027-01-31"'),
    environment: z.string().optional(),
  }),
);

/** Reads a `plan-exceptions` file: a JSON list of `{ address, reason, expiry, environment? }`. */
export function readExceptions(file: string): PlanException[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ExceptionsError(
      `${file}: ${missing ? 'there is no such file' : `cannot be read (${(error as NodeJS.ErrnoException).code})`}`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ExceptionsError(`${file}: is not JSON; expected ${example}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) =>
      `${file}: ${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')} ${message}`,
  );
  throw new ExceptionsError(`${problems.join('\n')}\nexpected ${example}`);
}

/** How the exceptions answer a refusal. */
export type Answer =
  { readonly state: 'allowed' | 'expired'; readonly exception: PlanException } | { readonly state: 'unlisted' };

/** What the exceptions say on a day about a resource of an environment. */
export function answer(exceptions: readonly PlanException[], environment: string, address: string, now: Date): Answer {
  const today = now.toISOString().slice(0, 10);
  const matching = exceptions.filter(
    (exception) =>
      exception.address === address && (exception.environment === undefined || exception.environment === environment),
  );
  const valid = matching.find(({ expiry }) => expiry >= today);
  if (valid !== undefined) return { state: 'allowed', exception: valid };
  const [expired] = matching;
  return expired === undefined ? { state: 'unlisted' } : { state: 'expired', exception: expired };
}

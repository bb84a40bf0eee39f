import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '@mlflow-on-aws/command-line';

const findings = z.array(z.object({ address: z.string(), check: z.string(), wants: z.string() }));

/** A check that a plan does not pass, as `npm run policy` found it. */
export type PolicyFinding = z.infer<typeof findings>[number];

/**
 * Reads what `npm run policy -- ENVIRONMENT --out FILE` wrote.
 * @throws UserError for a file that is something else
 */
export function readPolicyFindings(file: string): PolicyFinding[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new UserError(`${file}: ${reason}; make it with npm run policy -- ENVIRONMENT --out ${file}`);
  }
  const parsed = findings.safeParse(json);
  if (!parsed.success)
    throw new UserError(
      `${file}: want a list of { address, check, wants }, as npm run policy -- ENVIRONMENT --out writes`,
    );
  return parsed.data;
}

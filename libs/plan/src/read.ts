import { UserError } from '@mlflow-on-aws/command-line';
import { readFileSync } from 'node:fs';
import { type Plan, planSchema, shown } from './plan';

/** A plan that cannot be read: the message says what is wrong and what would be right, and quotes no value of the plan. */
export class PlanError extends UserError {}

/** Reads the file that `terraform show -json PLAN > FILE` wrote. */
export function readPlan(file: string): Plan {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[
      (error as NodeJS.ErrnoException).code ?? ''
    ];
    throw new PlanError(`${file}: ${reason ?? `it cannot be read (${(error as NodeJS.ErrnoException).code})`}`);
  }
  if (content.subarray(0, 2).toString('latin1') === 'PK') {
    throw new PlanError(`${file}: is a saved plan; give its JSON: terraform show -json ${file} > plan.json`);
  }
  // PowerShell's `>` writes UTF-16.
  const utf16 = content[0] === 0xff && content[1] === 0xfe;
  return parsePlan(content.toString(utf16 ? 'utf16le' : 'utf8'), file);
}

/**
 * Reads the text that `terraform show -json PLAN` prints.
 *
 * @param source what errors call it, such as the file's name
 */
export function parsePlan(text: string, source: string): Plan {
  const fail = (problem: string): never => {
    throw new PlanError(`${source}: ${problem}`);
  };
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return fail('is empty; terraform show -json prints the plan, did it fail?');

  const json = parseJson(body, fail);
  const problem = notAPlan(json);
  if (problem !== undefined) return fail(problem);

  const parsed = planSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `\n  ${pathText(path)}: ${message}`);
  const more = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
  return fail(`is not a plan this can read:${problems.slice(0, 10).join('')}${more}`);
}

function parseJson(body: string, fail: (problem: string) => never): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The engine's message quotes the text around the place, which may be a secret.
    if (/^\{"@level"/.test(body)) {
      return fail('is the log of terraform plan -json; give what terraform show -json PLAN prints');
    }
    if (isUnfinished(body)) {
      return fail(`is cut off: the JSON ends unfinished after ${body.length} characters; write it again`);
    }
    return fail('is not JSON; give what terraform show -json PLAN prints');
  }
}

/** Whether a text begins as JSON and ends before its brackets and quotes are closed. */
function isUnfinished(body: string): boolean {
  if (!/^[[{]/.test(body)) return false;
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < body.length; index++) {
    const sign = body[index];
    if (quoted && sign === '\\') index++;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === '{' || sign === '[')) depth++;
    else if (!quoted && (sign === '}' || sign === ']')) depth--;
  }
  return quoted || depth > 0;
}

function notAPlan(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return 'is JSON, but no plan; give what terraform show -json PLAN prints';
  }
  if ('@level' in json) return 'is the log of terraform plan -json; give what terraform show -json PLAN prints';
  if (!('format_version' in json)) {
    return 'serial' in json
      ? 'is a state file; give what terraform show -json PLAN prints'
      : 'has no format_version, so it is no plan; give what terraform show -json PLAN prints';
  }
  const version = json.format_version;
  if (typeof version !== 'string' || !/^1\.\d+$/.test(version)) {
    return `got format_version ${shown(version)}; this reads 1.x, which Terraform 1.1 and later and OpenTofu print`;
  }
  if (!('planned_values' in json) && !('resource_changes' in json) && !('errored' in json)) {
    return 'is a state, not a plan; give what terraform show -json PLAN prints';
  }
  return undefined;
}

/** Keys are names of the format, of outputs and of modules; what is longer could be anything. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    return `${text}${text && '.'}${/^[\w-]{1,64}$/.test(name) ? name : '…'}`;
  }, '');
}

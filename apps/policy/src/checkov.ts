import { pythonEnvironment, type Report } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A check that a resource does not pass. */
export interface Finding {
  /** Address of the resource. */
  readonly address: string;
  /** Id of the check, such as CKV_AWS_18. */
  readonly check: string;
  /** What the check wants, in checkov's words. */
  readonly wants: string;
}

/** What checkov says of a plan. */
export interface Scan {
  /** How many checks passed. */
  readonly passed: number;
  /** Those that did not. */
  readonly findings: readonly Finding[];
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
    }[];
  };
}

/**
 * Scans the JSON of a plan with the locked checkov.
 * @param plan what `terraform show -json` printed, in a file
 * @throws when checkov does not end in a report
 */
export async function scan(plan: string, requirements: string, report: Report): Promise<Scan> {
  const python = await pythonEnvironment(requirements, report);
  const { stdout, stderr } = spawnSync(
    join(python, 'bin', 'checkov'),
    ['--file', plan, '--framework', 'terraform_plan', '--output', 'json', '--compact', '--quiet', '--skip-download'],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: environment() },
  );
  const { summary, results } = reportIn(stdout, stderr);
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${plan}`);
  return {
    passed: summary.passed,
    findings: results.failed_checks.map(({ check_id, check_name, resource }) => ({
      address: resource,
      check: check_id,
      wants: check_name,
    })),
  };
}

/** What checkov sees of the environment: no AWS credentials, which a scan has no use for. */
function environment(): NodeJS.ProcessEnv {
  const harmless = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  // It asks its maker's service for news where it can.
  return { ...Object.fromEntries(harmless), BC_SKIP_MAPPING: 'TRUE', LOG_LEVEL: 'ERROR' };
}

function reportIn(stdout: string, stderr: string): CheckovReport {
  try {
    return JSON.parse(stdout) as CheckovReport;
  } catch {
    throw new Error(`checkov gave no report: ${stderr.trim() || stdout.trim()}`);
  }
}

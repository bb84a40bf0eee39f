import type { Report } from '@mlflow-on-aws/workbench';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accepted } from './accepted';
import { scan, type Finding } from './checkov';

/** What is known of a plan's findings. */
export interface Compared {
  /** What the plan brings: not there before it, and accepted by no construct. */
  readonly fresh: readonly Finding[];
  /** How many were there before. */
  readonly known: number;
  /** How many constructs accept. */
  readonly accepted: number;
}

interface PlanJson {
  readonly prior_state?: { readonly values?: { readonly root_module?: ModuleValues } };
}

interface ModuleValues {
  readonly resources?: readonly { readonly address: string; readonly values: object }[];
  readonly child_modules?: readonly ModuleValues[];
}

/**
 * Scans what a plan makes and what was there before it, and tells what is new.
 * @param plan file of what `terraform show -json` printed
 * @throws when checkov does not end in a report
 */
export async function compareFindings(
  plan: string,
  accepted: readonly Accepted[],
  requirements: string,
  report: Report,
): Promise<Compared> {
  const { findings } = await scan(plan, requirements, report);
  const known = new Set((await findingsBefore(plan, requirements, report)).map(key));
  const allowed = new Set(accepted.map(key));
  const isAllowed = (finding: Finding): boolean => allowed.has(key(finding));
  const isKnown = (finding: Finding): boolean => known.has(key(finding));
  return {
    fresh: findings.filter((finding) => !isAllowed(finding) && !isKnown(finding)),
    known: findings.filter((finding) => !isAllowed(finding) && isKnown(finding)).length,
    accepted: findings.filter(isAllowed).length,
  };
}

const key = ({ address, check }: { readonly address: string; readonly check: string }): string => `${check} ${address}`;

/** What checkov says of the state that a plan begins with, read as the plan of an apply that changes nothing. */
async function findingsBefore(plan: string, requirements: string, report: Report): Promise<readonly Finding[]> {
  const json = JSON.parse(readFileSync(plan, 'utf8')) as PlanJson;
  const values = json.prior_state?.values;
  const resources = resourcesOf(values?.root_module);
  if (resources.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'policy-before-'));
  try {
    const file = join(folder, 'plan.json');
    const before = {
      ...json,
      planned_values: values,
      resource_changes: resources.map((resource) => ({
        ...resource,
        change: { actions: ['no-op'], before: resource.values, after: resource.values, after_unknown: {} },
      })),
    };
    writeFileSync(file, JSON.stringify(before), { mode: 0o600 });
    return (await scan(file, requirements, report)).findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resourcesOf({ resources = [], child_modules = [] }: ModuleValues = {}): NonNullable<
  ModuleValues['resources']
> {
  return [...resources, ...child_modules.flatMap(resourcesOf)];
}

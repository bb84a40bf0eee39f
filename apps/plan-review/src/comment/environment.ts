import type { Redact } from '@mlflow-on-aws/plan';
import type { CostChange } from '../cost';
import type { PolicyFinding } from '../policy-findings';
import type { EnvironmentReview, Review } from '../review';
import { actionSections } from './actions';
import { changedPart } from './changed-part';
import { costSection } from './cost';
import { byWeight, drift, fullDiff, outputs } from './diffs';
import { type Item, section, type Section } from './fit';
import { code, words } from './markdown';
import { invocations } from './said';
import { counts } from './summary';
import { weights } from './weights';

/** What others know about an environment's plan. */
export interface Extras {
  /** Monthly cost before and after, and what has no price. */
  readonly cost?: CostChange;
  /** Checks of the policy that this plan is the first not to pass. @default - not checked, and not spoken of */
  readonly policyFindings?: readonly PolicyFinding[];
}

/** What is said of one environment, after what matters most of all of them. */
export function environmentSections(environment: EnvironmentReview, review: Review, extras: Extras = {}): Section[] {
  const { redact } = review;
  const changes = byWeight(environment.changes);
  const sections = [
    ...actionSections(environment, redact),
    ...(environment.plan === undefined ? [] : invocations(environment.plan, redact)),
    ...drift(environment, redact),
    ...outputs(environment, redact),
    ...extraSections(extras, redact),
    ...(environment.plan === undefined ? [] : changedPart(environment.plan, changes, redact)),
    ...fullDiff(changes, redact),
  ];
  if (sections.length === 0) return [];
  return [
    { head: `\n---\n\n### ${environment.environment}: ${counts(environment)}\n`, foot: '', items: [] },
    ...sections,
  ];
}

function extraSections({ cost, policyFindings }: Extras, redact: Redact): Section[] {
  const findings = (policyFindings ?? []).map(({ address, check, wants }): Item => ({
    weight: weights.policy,
    text: () => `- ${code(redact(address, 'name'))} ${words(wants)} (${words(check)})\n`,
  }));
  return [
    ...(cost === undefined ? [] : costSection(cost, redact)),
    ...section(`\n**New policy findings** (${findings.length})\n\n`, findings),
    ...(policyFindings?.length === 0 ? section('', [noNewFindings]) : []),
  ];
}

const noNewFindings: Item = { weight: weights.policy, text: () => '\n**Policy**: no new findings\n' };

import { when, type Rule } from './rule';

const budgetWarnsSomebody: Rule = ({ observability }) =>
  when(
    observability.monthlyBudgetUsd !== undefined && observability.alarmEmail === undefined,
    'observability.monthlyBudgetUsd',
    'observability.alarmEmail beside it: a budget that tells nobody is none',
    ['observability.alarmEmail'],
  );

/** Rules about who is told of what. */
export const observabilityRules: readonly Rule[] = [budgetWarnsSomebody];

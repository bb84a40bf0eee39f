import { isPublicName } from '../domains';
import { when, type Rule } from './rule';

const budgetWarnsSomebody: Rule = ({ observability }) =>
  when(
    observability.monthlyBudgetUsd !== undefined && observability.alarmEmail === undefined,
    'observability.monthlyBudgetUsd',
    'observability.alarmEmail beside it: a budget that tells nobody is none',
    ['observability.alarmEmail'],
  );

const mailArrives: Rule = ({ observability: { alarmEmail } }) =>
  when(
    alarmEmail !== undefined && !isPublicName(alarmEmail.slice(alarmEmail.lastIndexOf('@') + 1)),
    'observability.alarmEmail',
    'an e-mail address in a domain that can be had on the internet: Amazon SNS and AWS Budgets send no other mail',
  );

/** Rules about who is told of what. */
export const observabilityRules: readonly Rule[] = [budgetWarnsSomebody, mailArrives];

import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { Construct } from 'constructs';

/** How much may be spent. */
export interface MonthlyBudgetProps {
  /** Name of the budget, unique in the account. */
  readonly name: string;
  /** US dollars per month. */
  readonly limitUsd: number;
  /** ARN of the SNS topic that is told. */
  readonly topicArn: string;
}

/**
 * A monthly budget over the whole account, which warns when the forecast passes it and when 80 % are spent.
 *
 * Over the account, because a budget over our tags stays at 0 until somebody activates them for billing by hand.
 * Source: AWS Billing user guide, "Activating user-defined cost allocation tags".
 */
export class MonthlyBudget extends Construct {
  public constructor(scope: Construct, id: string, props: MonthlyBudgetProps) {
    super(scope, id);
    const warning = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      subscriberSnsTopicArns: [props.topicArn],
    });
    new BudgetsBudget(this, 'budget', {
      name: props.name,
      budgetType: 'COST',
      limitAmount: props.limitUsd.toFixed(2),
      limitUnit: 'USD',
      timeUnit: 'MONTHLY',
      notification: [warning('FORECASTED', 100), warning('ACTUAL', 80)],
    });
  }
}

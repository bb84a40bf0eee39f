import { checkout } from '@mlflow-on-aws/workbench';
import { join } from 'node:path';

/** What one fault did to the clients of a server. */
export interface FaultRow {
  readonly fault: string;
  /** Requests that the clients sent, before, during and after it. */
  readonly sent: number;
  /** Requests that were not answered with success; clients of MLflow send them again. */
  readonly failed: number;
  /** Acknowledged runs, metrics and artifacts that are not there afterwards. */
  readonly lost: number;
  /** The longest that a request took, in seconds. */
  readonly slowest: number;
  /** Seconds from the end of the cause until every request succeeded again. */
  readonly recovery: number;
}

/** Where the suite leaves its rows for the command that prints them. */
export const resultFile = join(checkout, '.test-results', 'faults-rows.txt');

/** The rows as a Markdown table. */
export function faultTable(rows: readonly FaultRow[]): string {
  const lines = rows.map(({ fault, sent, failed, lost, slowest, recovery }) =>
    [fault, sent, failed, lost, slowest.toFixed(1), recovery.toFixed(1)].join(' | '),
  );
  return [
    'fault | requests sent | failed | lost | slowest, s | seconds to recover',
    '--- | ---: | ---: | ---: | ---: | ---:',
    ...lines,
  ]
    .map((line) => `| ${line} |`)
    .join('\n');
}

import { runProgram } from '@mlflow-on-aws/command-line';
import { writeFileSync } from 'node:fs';
import { reviewAction, type Request, usage } from './arguments';
import { commands, commandsUsage } from './commands';
import { reviewFiles } from './review-files';
import { unexpected } from './unexpected';

// Nothing that is thrown anywhere reaches the log with its message: it may quote a value of a plan.
process.on('uncaughtException', (error) => {
  console.error(unexpected(error));
  process.exitCode = 1;
});
void runProgram({
  name: 'npm run -s plan-review',
  usage: `${usage}\n\nwhat the workflows call beside it, as npm run -s plan-review -- COMMAND:\n${commandsUsage}`,
  otherwise: 'review',
  commands: { review: reviewAction(reviewed), ...commands },
  unexpected,
});

function reviewed(request: Request): number {
  const { comment, code, problems } = reviewFiles(request);
  if (request.out === undefined) process.stdout.write(comment);
  else write(request.out, comment, problems);
  if (problems.length > 0) console.error(problems.join('\n'));
  return problems.length > 0 ? 1 : code;
}

function write(file: string, comment: string, problems: string[]): void {
  try {
    writeFileSync(file, comment);
  } catch (error) {
    problems.push(`${file}: the comment cannot be written there (${(error as NodeJS.ErrnoException).code})`);
  }
}

import { UserError } from '@mlflow-on-aws/command-line';
import { writeFileSync } from 'node:fs';
import { readArguments, usage } from './arguments';
import { commands } from './commands';
import { reviewFiles } from './review-files';
import { unexpected } from './unexpected';

const more = Object.values(commands)
  .map((command) => `  ${command.usage}`)
  .join('\n');

// Nothing that is thrown anywhere reaches the log with its message: it may quote a value of a plan.
process.on('uncaughtException', giveUp);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, giveUp);

function giveUp(error: unknown): void {
  console.error(unexpected(error));
  process.exitCode = 1;
}

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = commands[name];
  if (command === undefined) return reviewed(name === '' ? args : [name, ...args]);
  try {
    const said = await command.run(args);
    if (said !== '') console.log(said);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function reviewed(args: readonly string[]): number {
  const request = readArguments(args);
  if ('problems' in request) {
    console.error(
      `${request.problems.join('\n')}\n\n${usage}\n\nwhat the workflows call beside it, as npm run -s plan-review -- COMMAND:\n${more}`,
    );
    return 1;
  }
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

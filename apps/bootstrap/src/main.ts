import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { moveState } from './move-state';

const usage = `node apps/run.mjs bootstrap

Moves the state of the stack bootstrap into its bucket. An apply of that stack calls it at its end, nobody does by hand:
everything it needs is in STATE_FILE, STATE_BACKEND and STATE_OUTPUTS.
`;

function move(): void {
  const { STATE_FILE, STATE_BACKEND, STATE_OUTPUTS } = process.env;
  if (STATE_FILE === undefined || STATE_BACKEND === undefined || STATE_OUTPUTS === undefined)
    throw new UserError('this is a part of "npx cdktf deploy bootstrap" and not called by hand');
  try {
    moveState({ file: STATE_FILE, backend: JSON.parse(STATE_BACKEND), outputs: JSON.parse(STATE_OUTPUTS) });
  } catch (error) {
    throw new UserError(`the state stays in ${STATE_FILE}: ${(error as Error).message}`);
  }
}

void runProgram({ name: 'node apps/run.mjs bootstrap', usage, action: action({ run: move }) });

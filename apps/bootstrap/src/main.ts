import { moveState } from './move-state';

/** What an apply of the stack calls at its end: moves the state into the bucket. Everything it needs is in the environment. */
const { STATE_FILE, STATE_BACKEND, STATE_OUTPUTS } = process.env;
if (STATE_FILE === undefined || STATE_BACKEND === undefined || STATE_OUTPUTS === undefined) {
  process.stderr.write('this is a part of "npx cdktf deploy bootstrap" and not called by hand\n');
  process.exitCode = 1;
} else {
  try {
    moveState({ file: STATE_FILE, backend: JSON.parse(STATE_BACKEND), outputs: JSON.parse(STATE_OUTPUTS) });
  } catch (error) {
    process.stderr.write(`the state stays in ${STATE_FILE}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

import { UserError, unknownName } from '@mlflow-on-aws/command-line';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Takes all that the AWS SDK and the CLI find credentials by. */
const withoutCredentials: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    ['ACCESS_KEY_ID', 'PROFILE', 'WEB_IDENTITY_TOKEN_FILE']
      .concat(['CONTAINER_CREDENTIALS_RELATIVE_URI', 'CONTAINER_CREDENTIALS_FULL_URI'])
      .map((name) => [`AWS_${name}`, undefined]),
  ),
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
};

/**
 * Synthesizes every stack of the checkout that is the working directory, as its sources are now.
 * @param asked the stacks that must be right; none stands for all
 * @param env what the synthesis sees beside the environment of this process
 * @throws UserError with what the synthesis says is wrong
 */
export function synthesize(asked: readonly string[] = [], env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = spawnSync(process.execPath, [join('apps', 'run.mjs'), 'stacks', ...asked], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new UserError(stderr.trim());
  // What is wrong with stacks that nobody asked for.
  process.stderr.write(stderr);
}

/**
 * Synthesizes every stack into a folder that is gone afterwards. Without credentials: nobody asks AWS only to read what would be made.
 * @param use is given the folder, as cdktf.out is one
 * @param asked as for `synthesize`
 */
export function withSynthesis<T>(use: (folder: string) => T, asked: readonly string[] = []): T {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-synth-'));
  try {
    synthesize(asked, { ...withoutCredentials, CDKTF_OUTDIR: folder });
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A synthesized stack, as Terraform reads it.
 * @param folder where `npx cdktf synth` wrote it; without one the stack is synthesized as its sources are now
 * @throws UserError where there is no such stack, with those that there are
 */
export function readStack<T>(stack: string, folder?: string): T {
  if (folder === undefined) return withSynthesis((fresh) => readStack(stack, fresh), [stack]);
  const unknown = unknownName('STACK', stack, stacksIn(folder));
  if (unknown !== undefined) throw new UserError(unknown);
  const file = join(folder, 'stacks', stack, 'cdk.tf.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is no JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new UserError(`${file}: ${reason}. "npx cdktf synth" writes it anew.`);
  }
}

/** The stacks in a folder that `npx cdktf synth` wrote. */
export function stacksIn(folder: string): readonly string[] {
  const stacks = join(folder, 'stacks');
  try {
    return readdirSync(stacks);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${stacks}: cannot be read (${code}). "npx cdktf synth" writes it, into cdktf.out.`);
  }
}

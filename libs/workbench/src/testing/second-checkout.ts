import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withoutProxy, type EmulatedAws } from '../emulated-aws';
import { checkout } from '../paths';
import type { Tools } from '../tools';

/** What a command ended with. */
export interface Ended {
  /** Exit code; null when it was killed. */
  readonly code: number | null;
  /** Everything it said, on both streams. */
  readonly said: string;
  /** What it said on standard output. */
  readonly printed: string;
}

/** What commands see on a machine with the toolchain and credentials of the emulated AWS, where nobody answers questions. */
export function cloudEnvironment(tools: Tools, aws: EmulatedAws, region: string): NodeJS.ProcessEnv {
  return {
    ...withoutProxy(process.env),
    ...tools.terraform,
    ...aws.environment(region),
    CI: '1',
    CHECKPOINT_DISABLE: '1',
  };
}

/** Another checkout of this repository, as a colleague's machine has it: the same files, nothing that a deploy left. */
export class SecondCheckout {
  /**
   * @param root folder of its own
   * @param environment what every command in it sees
   */
  public constructor(
    public readonly root: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    const list = ['ls-files', '-z', '-co', '--exclude-standard'];
    for (const file of execFileSync('git', list, { cwd: checkout, encoding: 'utf8' }).split('\0')) {
      if (file === '' || !existsSync(join(checkout, file))) continue;
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(checkout, file), join(root, file), { verbatimSymlinks: true });
    }
    symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  }

  /** Changes a file. */
  public edit(file: string, from: string | RegExp, to: string): void {
    const path = join(this.root, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, after);
  }

  /** Runs the real cdktf CLI. */
  public cdktf(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.run(process.execPath, [join('node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf'), ...args], more);
  }

  /** Runs Terraform in the folder of a synthesized stack. */
  public terraform(stack: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const folder = join(this.root, 'cdktf.out', 'stacks', stack);
    return this.run(this.environment.TERRAFORM_BINARY_NAME as string, [`-chdir=${folder}`, ...args], more);
  }

  /** Runs a command at the root; `onText` sees all it said so far, whenever it says more, and may kill it and its children. */
  public run(
    command: string,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
    onText: (text: string, kill: () => void) => void = () => undefined,
  ): Promise<Ended> {
    return new Promise((done, failed) => {
      const child = spawn(command, args, {
        cwd: this.root,
        env: { ...this.environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that a kill meets the provider's process too, as that of a machine would.
        detached: true,
      });
      let said = '';
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          onText(said, () => process.kill(-(child.pid as number), 'SIGKILL'));
        });
      }
      child.on('error', failed);
      child.on('close', (code) => done({ code, said, printed }));
    });
  }
}

import { checkout, type Report } from '@mlflow-on-aws/workbench';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '@mlflow-on-aws/command-line';

/** What `cdktf` needs to run against the emulated AWS. */
export interface CdktfSetting {
  /** Folder of the local environment; synthesized stacks and Terraform's working files go there, not into the checkout. */
  readonly directory: string;
  /** Environment variables: Terraform binary, provider mirror, emulated AWS. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Outputs of a deployed stack, by name. */
export type Outputs = Readonly<Record<string, string>>;

/** Runs the real cdktf CLI of this checkout; its output goes to `report` and to a log file. */
export async function cdktf(setting: CdktfSetting, report: Report, command: string, ...args: string[]): Promise<void> {
  mkdirSync(setting.directory, { recursive: true });
  const log = join(setting.directory, `cdktf-${command}.log`);
  const lines: string[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        require.resolve('cdktf-cli/bundle/bin/cdktf'),
        command,
        ...args,
        '--output',
        join(setting.directory, 'cdktf.out'),
      ],
      { cwd: checkout, env: setting.environment, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (/(Creation|Modifications|Destruction) complete|Still (creating|destroying).*0s elapsed|Error:/.test(line)) {
          report(
            line
              .replace(/^\S+\s{2,}/, '')
              .replace(/^\s*\S+ \((.*?)\):/, '$1:')
              .trim(),
          );
        }
      });
    }
    child.on('error', reject);
    child.on('close', resolve);
  });
  writeFileSync(log, lines.join('\n'));
  if (code !== 0) {
    throw new UserError(
      `cdktf ${command} failed; the whole output is in ${log}, its end:\n${lines.slice(-25).join('\n')}`,
    );
  }
}

/** Deploys a stack and returns its outputs. */
export async function deploy(setting: CdktfSetting, report: Report, stack: string): Promise<Outputs> {
  const file = join(setting.directory, 'outputs.json');
  await cdktf(setting, report, 'deploy', stack, '--auto-approve', '--outputs-file', file);
  return readOutputs(setting.directory, stack);
}

/** The outputs of the last deploy. */
export function readOutputs(directory: string, stack: string): Outputs {
  return JSON.parse(readFileSync(join(directory, 'outputs.json'), 'utf8'))[stack];
}

import { checkout } from '@mlflow-on-aws/workbench';
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

/** A job of a workflow. */
export interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly 'cancel-in-progress'?: unknown };
  readonly steps?: readonly Step[];
}

/** A workflow as its file says. */
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(checkout, '.github', 'workflows');

/** Names of the workflows. */
export const workflowNames = readdirSync(folder).map((file) => file.replace(/\.yml$/, ''));

/** Reads a workflow. */
export function workflow(name: string): Workflow {
  return parse(readFileSync(join(folder, `${name}.yml`), 'utf8')) as Workflow;
}

/** The text of a workflow. */
export function workflowText(name: string): string {
  return readFileSync(join(folder, `${name}.yml`), 'utf8');
}

type Context = Readonly<Record<string, unknown>>;

/** What a run of a job left. */
export interface JobRun {
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the steps that ran, in order. */
  readonly ran: readonly string[];
  readonly log: string;
  /** The name of the step that failed. */
  readonly failed?: string;
  readonly summary: string;
}

/** Runs the commands of jobs as GitHub would, each in a fresh checkout; of the actions, what they do for the commands. */
export class Runner {
  /** @param settings scratch: folder of its own; repository: what is checked out; aws: what a role's credentials bring */
  public constructor(
    private readonly settings: {
      readonly scratch: string;
      readonly repository: string;
      readonly environment: NodeJS.ProcessEnv;
      readonly aws: Readonly<Record<string, string>>;
    },
  ) {}

  /** @param ownPackages whether the packages' links to apps and libs must lead to the checkout's own, which costs seconds */
  public async run(
    { steps = [], env = {}, outputs = {} }: Job,
    context: Context,
    ownPackages = false,
  ): Promise<JobRun> {
    const { scratch, repository, environment, aws } = this.settings;
    const work = mkdtempSync(join(scratch, 'job '));
    let credentials: Readonly<Record<string, string>> = {};
    const of: Record<string, { outputs: Record<string, string> }> = {};
    const ran: string[] = [];
    let log = '';
    let failed: string | undefined;
    const summary = join(scratch, 'summary.md');
    writeFileSync(summary, '');
    for (const step of steps) {
      const scope = { ...context, steps: of };
      const value = (text: string): string => filled(text, scope);
      if (step.if !== undefined && !holds(step.if, scope)) continue;
      const given = Object.fromEntries(
        Object.entries(step.with ?? {}).map(([key, text]) => [key, value(String(text))]),
      );
      const action = step.uses?.split('@')[0];
      if (action === 'actions/checkout') {
        execFileSync('git', ['clone', '--quiet', repository, work]);
      } else if (action === 'aws-actions/configure-aws-credentials') {
        credentials = aws;
        log += `role ${given['role-to-assume']} in ${given['aws-region']}\n`;
      } else if (action === 'actions/upload-artifact') {
        for (const path of (given.path ?? '').split('\n').filter((name) => existsSync(join(work, name))))
          cpSync(join(work, path), this.artifact(given.name ?? '', path), { recursive: true });
      } else if (action === 'actions/download-artifact') {
        this.download(given, work);
      } else if (step.run === 'npm ci') {
        if (ownPackages) copyPackages(join(work, 'node_modules'));
        else symlinkSync(join(checkout, 'node_modules'), join(work, 'node_modules'));
      } else if (step.run !== undefined) {
        const name = step.name ?? step.run;
        ran.push(name);
        const output = join(work, '.git', 'output');
        writeFileSync(output, '');
        const variables = { ...env, ...step.env };
        const set = Object.fromEntries(Object.entries(variables).map(([key, text]) => [key, value(String(text))]));
        const { status, text } = await shell(value(step.run), work, {
          ...environment,
          ...credentials,
          ...set,
          GITHUB_ACTIONS: 'true',
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
        });
        log += `--- ${name}\n${text}`;
        if (step.id !== undefined) of[step.id] = { outputs: outputsIn(output) };
        if (status !== 0) {
          failed = name;
          break;
        }
      }
    }
    const result = {
      outputs: failed === undefined ? mapped(outputs, (text) => filled(text, { ...context, steps: of })) : {},
      ran,
      log,
      failed,
      summary: readFileSync(summary, 'utf8'),
    };
    rmSync(work, { recursive: true, force: true });
    return result;
  }

  private artifact(name: string, path: string): string {
    const place = join(this.settings.scratch, 'artifacts', name);
    mkdirSync(place, { recursive: true });
    // A folder's contents, or the file by its name.
    return /\.\w+$/.test(path) && path !== 'cdktf.out' ? join(place, path.split('/').pop() ?? '') : place;
  }

  private download({ name, pattern, path = '' }: Record<string, string>, work: string): void {
    const artifacts = join(this.settings.scratch, 'artifacts');
    const wanted = (entry: string): boolean =>
      name === undefined ? entry.startsWith((pattern ?? '').replace('*', '')) : entry === name;
    for (const entry of existsSync(artifacts) ? readdirSync(artifacts).filter(wanted) : []) {
      cpSync(join(artifacts, entry), join(work, path), { recursive: true });
    }
  }
}

/** The packages of this checkout, which are those of the lock file. */
function copyPackages(to: string): void {
  const from = join(checkout, 'node_modules');
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' });
  } catch {
    // Another disk, or a cp that makes no links.
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

function outputsIn(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function mapped(values: Readonly<Record<string, string>>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, change(text)]));
}

/** A text with its expressions filled in; one that names nothing is a mistake in the workflow or in the test. */
function filled(text: string, context: Context): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const values = expression.split(' || ').map((one) => at(one, context));
    const found = values.find(Boolean) ?? values.at(-1);
    if (typeof found !== 'string') throw new Error(`${expression} has no value`);
    return found;
  });
}

function holds(condition: string, context: Context): boolean {
  // A job ends here with its first step that fails, so what follows a failure is never reached.
  if (condition.startsWith('failure() && ')) return false;
  const [, expression = '', wanted] = /^([\w.-]+) == '(.*)'$/.exec(condition) ?? [];
  if (wanted === undefined) throw new Error(`cannot tell whether ${condition}`);
  return at(expression, context) === wanted;
}

function at(expression: string, context: Context): unknown {
  return expression.split('.').reduce((value: unknown, key) => (value as Context | undefined)?.[key], context);
}

/** Runs a step's script as GitHub does; this process goes on, because it plays GitHub meanwhile. */
function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ status: number | null; text: string }> {
  return new Promise((done, failed) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', failed);
    child.on('close', (status) => done({ status, text }));
  });
}

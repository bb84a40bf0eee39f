import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A state of which only some parts matter here. Source: Terraform, "State format", version 4. */
interface State {
  readonly resources: readonly { readonly type: string }[];
  readonly [key: string]: unknown;
}

/** What is moved, and where to. */
export interface StateMove {
  /** The state's file. */
  readonly file: string;
  /** Settings of the S3 backend. */
  readonly backend: Readonly<Record<string, unknown>>;
  /** Values of the stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Pushes the state that an apply is still writing, without the step that is at it: here everything else is done.
 * @throws when Terraform refuses, such as where the bucket holds the state of another bootstrap
 */
export function moveState({ file, backend, outputs }: StateMove): void {
  const directory = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-bootstrap-'));
  const terraform = (...args: string[]): void => {
    // Terraform passes what it was told itself on to its provisioners.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^TF_(CLI_ARGS|DATA_DIR|WORKSPACE)/.test(name)),
    );
    execFileSync(process.env.TERRAFORM_BINARY_NAME || 'terraform', args, { cwd: directory, env, stdio: 'inherit' });
  };
  try {
    writeFileSync(join(directory, 'main.tf.json'), JSON.stringify({ terraform: { backend: { s3: backend } } }));
    terraform('init', '-input=false', '-no-color');
    writeFileSync(join(directory, 'pushed.tfstate'), JSON.stringify(complete(file, outputs)));
    terraform('state', 'push', 'pushed.tfstate');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function complete(file: string, outputs: StateMove['outputs']): State {
  const state = JSON.parse(readFileSync(file, 'utf8')) as State;
  return {
    ...state,
    resources: state.resources.filter(({ type }) => type !== 'terraform_data'),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }])),
  };
}

import { architectureOf, draw } from '@mlflow-on-aws/diagram';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `npm run diagram -- STACK [--out FILE.svg]`: draws a stack's architecture from its synthesized form. */
async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--out');
  const [stack] = args.filter((argument, index) => !argument.startsWith('--') && (at === -1 || index !== at + 1));
  if (stack === undefined) throw new Error('which stack? npm run diagram -- dev [--out FILE.svg]');
  const out = at === -1 ? `${stack}.svg` : (args[at + 1] ?? `${stack}.svg`);
  const folder = mkdtempSync(join(tmpdir(), 'diagram-'));
  try {
    execFileSync(process.execPath, ['apps/run.mjs', 'stacks'], {
      env: { ...process.env, CDKTF_OUTDIR: folder },
      stdio: 'inherit',
    });
    const synthesized = join(folder, 'stacks', stack, 'cdk.tf.json');
    writeFileSync(out, await draw(architectureOf(JSON.parse(readFileSync(synthesized, 'utf8')))));
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`${out}\n`);
}

main(process.argv.slice(2)).catch((error: NodeJS.ErrnoException) => {
  process.stderr.write(`${error.code === 'ENOENT' ? 'no such stack: "npx cdktf list" names them' : error.message}\n`);
  process.exitCode = 1;
});

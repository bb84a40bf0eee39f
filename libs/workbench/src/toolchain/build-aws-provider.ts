import { chmodSync, copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asset } from '../paths';
import type { Report } from '../progress';
import { goBuild, runGo } from './go';
import { keepServices } from './keep-services';

/** The version that aws-provider/go.mod stands for, and that is asked of the registry. */
export const awsProviderVersion = '6.34.0';

/** Go's names of processor architectures, which Terraform uses too. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/**
 * Builds the AWS provider, cut down to the services of aws-provider/services.txt.
 * @param directory gets a folder `mirror`
 * @param registries host names of the registries whose provider it stands for
 */
export async function buildAwsProvider(
  report: Report,
  directory: string,
  registries: readonly string[],
): Promise<void> {
  const pinned = asset('toolchain', 'aws-provider');
  const { Dir: source } = JSON.parse(
    await runGo(report, 'downloading the source of the AWS provider', pinned, [
      ...['mod', 'download', '-json', 'github.com/hashicorp/terraform-provider-aws'],
    ]),
  ) as { Dir: string };
  const tree = join(directory, 'source');
  copySource(source, tree);
  const kept = keepServices(tree, readFileSync(join(pinned, 'services.txt'), 'utf8'));
  report(`keeping ${kept.length} of its services: ${kept.join(', ')}`);
  // Not `go mod download`: that takes the clients of all services.
  await runGo(report, 'downloading what it is made from', tree, [
    'list',
    '-deps',
    '-f',
    '{{with .Error}}{{.}}{{end}}',
    '.',
  ]);
  const program = await goBuild(report, 'building the AWS provider, once for this machine', tree, '.', 'provider');

  const platform = `${process.platform}_${architectures[process.arch] ?? process.arch}`;
  for (const registry of registries) {
    const file = join(
      ...[directory, 'mirror', registry, 'hashicorp', 'aws', awsProviderVersion, platform],
      `terraform-provider-aws_v${awsProviderVersion}`,
    );
    mkdirSync(dirname(file), { recursive: true });
    linkSync(program, file);
  }
  rmSync(tree, { recursive: true });
}

/** Copies a module's source without what no build needs. The module cache is read-only; the copy is not. */
function copySource(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (/^(website|docs|examples|infrastructure|testdata|test-fixtures)$|_test\.go$/.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      copySource(source, target);
    } else {
      copyFileSync(source, target);
      chmodSync(target, 0o644);
    }
  }
}

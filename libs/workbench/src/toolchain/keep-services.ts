import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mlflow-on-aws/command-line';

const servicePackage = 'github.com/hashicorp/terraform-provider-aws/internal/service/';
const sdkPackage = 'github.com/aws/aws-sdk-go-v2/service/';

/**
 * Cuts the provider's source down to some services, and to those that they need: a service that is linked but not registered
 * panics at run time. Two generated files name all services; everything else follows from them.
 *
 * @param tree root of the provider's source, changed in place
 * @param list text of services.txt
 * @returns the services that stay
 * @throws UserError when the list names a service that the provider does not have
 */
export function keepServices(tree: string, list: string): readonly string[] {
  const wanted = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const folder = (service: string) => join(tree, 'internal/service', service);
  const unknown = wanted.filter((service) => !existsSync(folder(service)));
  if (unknown.length > 0) {
    throw new UserError(
      `services.txt: got ${unknown.map((name) => `"${name}"`).join(', ')}, which the AWS provider does not have`,
    );
  }
  const registration = join(tree, 'internal/provider/sdkv2/service_packages_gen.go');
  const clients = join(tree, 'internal/conns/awsclient_gen.go');
  const core = ['internal', 'names', 'version']
    .flatMap((folder) => goFiles(join(tree, folder)))
    .filter(
      (file) => !/\/internal\/service\/|\/internal\/generate\//.test(file) && file !== registration && file !== clients,
    )
    .map((file) => readFileSync(file, 'utf8'));

  const kept = new Map<string, string[]>();
  const open = [...wanted, ...core.flatMap(importedServices)];
  for (let service = open.pop(); service !== undefined; service = open.pop()) {
    if (kept.has(service)) continue;
    const texts = goFiles(folder(service)).map((file) => readFileSync(file, 'utf8'));
    kept.set(service, texts);
    open.push(...texts.flatMap(importedServices));
  }

  edit(registration, (text) =>
    text
      .replace(new RegExp(`^\\t"${servicePackage}(\\w+)"\\n`, 'gm'), (line, service) => (kept.has(service) ? line : ''))
      .replace(/^\t\t(\w+)\.ServicePackage\(ctx\),\n/gm, (line, service) => (kept.has(service) ? line : '')),
  );
  const used = new Set(
    [...core, ...[...kept.values()].flat()].flatMap((text) => text.match(/(?<=\.)\w+Client\b/g) ?? []),
  );
  edit(clients, (text) => {
    const functions = /^func \(c \*AWSClient\) (\w+)\(ctx context\.Context\)[\s\S]*?^}\n\n?/gm;
    const cut = text.replace(functions, (whole, name) => (used.has(name) ? whole : ''));
    const body = cut.slice(cut.indexOf('\n)\n'));
    const named = (name: string) => new RegExp(`\\b${name}\\.`).test(body);
    return cut.replace(new RegExp(`^\\t(?:(\\w+) )?"${sdkPackage}(\\w+)"\\n`, 'gm'), (line, alias, name) =>
      named(alias ?? name) ? line : '',
    );
  });
  return [...kept.keys()].sort();
}

function importedServices(text: string): string[] {
  return [...text.matchAll(new RegExp(`"${servicePackage}(\\w+)`, 'g'))].map(([, service]) => service as string);
}

function goFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.go') && !entry.name.endsWith('_test.go'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asset } from '../paths';

/** For tests: a PATH and a cache of their own, with programs that only pretend, and note how they were called. */
export class Sandbox {
  // A space in the path, because people have them.
  public readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'tool chain ')));
  /** Folder of the cache. */
  public readonly cache = join(this.directory, 'cache', 'mlflow-on-aws');
  private readonly before = { ...process.env };

  public constructor() {
    for (const name of Object.keys(process.env))
      if (/^(TF_|TERRAFORM_|GO)/.test(name)) Reflect.deleteProperty(process.env, name);
    process.env.PATH = join(this.directory, 'bin');
    process.env.XDG_CACHE_HOME = join(this.directory, 'cache');
    mkdirSync(process.env.PATH);
  }

  /** Puts a shell script on the PATH. It finds this folder as `$S`, and no other program but by its full path. */
  public program(name: string, script: string): string {
    const file = join(this.directory, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nS='${this.directory}'\necho "${name} $*" >> "$S/calls"\n${script}\n`, {
      mode: 0o755,
    });
    return file;
  }

  /** A terraform or tofu that says its version. */
  public terraform(name: string, banner: string, script = ''): string {
    return this.program(name, `case "$1" in version) echo '${banner}';; *) ${script || ':'};; esac`);
  }

  /** A go that builds at once, of a provider with the services we want and one more. `build` runs before the program is there. */
  public go({ version = 'go1.99.0', build = '' } = {}): void {
    const module = join(this.directory, 'module');
    if (!existsSync(module))
      writeModule(module, readFileSync(asset('toolchain', 'aws-provider', 'services.txt'), 'utf8'));
    this.program(
      'go',
      `case "$1 $2" in
  "env GOVERSION") echo ${version};;
  "mod download") echo "{\\"Dir\\": \\"$S/module\\"}";;
  "build "*) ${build || ':'}
    while [ $# -gt 0 ]; do [ "$1" = -o ] && echo program > "$2"; shift; done;;
esac`,
    );
  }

  /** How the programs were called, since the last time this was asked. */
  public calls(): string[] {
    const file = join(this.directory, 'calls');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** Brings the environment back and removes everything. */
  public end(): void {
    for (const name of Object.keys(process.env)) if (!(name in this.before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.before);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Writes what keepServices reads of the provider's source. */
export function writeModule(directory: string, services: string): void {
  const names = [...services.split('\n').filter((line) => /^\w/.test(line)), 'acmpca', 'xray'];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    appendFileSync(join(directory, file), text);
  };
  const own = 'github.com/hashicorp/terraform-provider-aws/internal/service/';
  const sdk = 'github.com/aws/aws-sdk-go-v2/service/';
  write('main.go', 'package main\n');
  for (const name of ['internal/framework', 'names', 'version']) write(`${name}/base.go`, 'package base\n');
  for (const name of names) {
    const uses = name === 'acm' ? `import tfacmpca "${own}acmpca"\n` : '';
    write(`internal/service/${name}/things.go`, `package ${name}\n${uses}var _ = c.${client(name)}(ctx)\n`);
  }
  write('internal/service/acm/things_test.go', `package acm\nimport "${own}xray"\n`);
  write('website/docs/index.md', 'documentation');
  write(
    'internal/provider/sdkv2/service_packages_gen.go',
    `package sdkv2\n\nimport (\n${names.map((name) => `\t"${own}${name}"\n`).join('')})\n\nfunc f() {\n\tv := []p{\n${names
      .map((name) => `\t\t${name}.ServicePackage(ctx),\n`)
      .join('')}\t}\n}\n`,
  );
  write(
    'internal/conns/awsclient_gen.go',
    `package conns\n\nimport (\n\t"context"\n\n${names.map((name) => `\t"${sdk}${name}"\n`).join('')}\t"github.com/hashicorp/terraform-provider-aws/names"\n)\n\n${names
      .map((name) => `func (c *AWSClient) ${client(name)}(ctx context.Context) *${name}.Client {\n\treturn nil\n}\n`)
      .join('\n')}`,
  );
}

const client = (service: string) => `${service[0]?.toUpperCase()}${service.slice(1)}Client`;

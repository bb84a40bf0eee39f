import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTerraform } from './index';
import { keepServices } from './keep-services';

let folder: string;
const { PATH, TERRAFORM_BINARY_NAME, XDG_CACHE_HOME } = process.env;
const say = () => undefined;
const program = (name: string, text: string) =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolchain '));
  process.env.PATH = `${folder}:/bin`;
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  delete process.env.TERRAFORM_BINARY_NAME;
});
afterEach(() => {
  Object.assign(process.env, { PATH, XDG_CACHE_HOME, TERRAFORM_BINARY_NAME });
  for (const name of ['XDG_CACHE_HOME', 'TERRAFORM_BINARY_NAME'])
    if (process.env[name] === 'undefined') delete process.env[name];
  rmSync(folder, { recursive: true });
});

describe('ensureTerraform', () => {
  it('takes Terraform before OpenTofu', async () => {
    program('terraform', 'echo "Terraform v1.11.4"');
    program('tofu', 'echo "OpenTofu v1.12.6"');
    expect(await ensureTerraform(say)).toEqual({ binary: join(folder, 'terraform'), kind: 'terraform' });
  });

  it('takes OpenTofu when Terraform is too old', async () => {
    program('terraform', 'echo "Terraform v1.5.7"');
    program('tofu', 'echo "OpenTofu v1.12.6"');
    expect(await ensureTerraform(say)).toEqual({ binary: join(folder, 'tofu'), kind: 'opentofu' });
  });

  it('takes the one that is named, and says when it is none', async () => {
    program('mine', 'echo "OpenTofu v1.11.0"');
    process.env.TERRAFORM_BINARY_NAME = 'mine';
    expect((await ensureTerraform(say)).kind).toBe('opentofu');
    process.env.TERRAFORM_BINARY_NAME = 'nothing';
    await expect(ensureTerraform(say)).rejects.toThrow('TERRAFORM_BINARY_NAME names "nothing"');
  });

  it('builds OpenTofu once where there is only Go', async () => {
    program(
      'go',
      'if [ "$1" = env ]; then echo go1.26.8; else echo built > tofu; echo once >> "$XDG_CACHE_HOME/builds"; fi',
    );
    const first = await ensureTerraform(say);
    expect(first.kind).toBe('opentofu');
    expect(existsSync(first.binary)).toBe(true);
    expect(await ensureTerraform(say)).toEqual(first);
    expect(readFileSync(join(folder, 'cache', 'builds'), 'utf8')).toBe('once\n');
  });

  it('leaves no half build behind when it is cut off', async () => {
    program('go', 'if [ "$1" = env ]; then echo go1.26.8; else echo half > tofu; echo "out of memory" >&2; exit 1; fi');
    await expect(ensureTerraform(say)).rejects.toThrow(/building OpenTofu[\s\S]*out of memory/);
    program('go', 'if [ "$1" = env ]; then echo go1.26.8; else echo whole > tofu; fi');
    expect(readFileSync((await ensureTerraform(say)).binary, 'utf8')).toBe('whole\n');
  });

  it('says how to get one when there is nothing', async () => {
    program('terraform', 'echo "Terraform v1.5.7"');
    await expect(ensureTerraform(say)).rejects.toThrow(
      /^Terraform 1\.11 or later.*terraform is 1\.5\).*install it from https/,
    );
  });
});

describe('keepServices', () => {
  const write = (file: string, text: string) => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const service = 'github.com/hashicorp/terraform-provider-aws/internal/service/';
  const sdk = 'github.com/aws/aws-sdk-go-v2/service/';

  it('keeps the services wanted, those that they and the core need, and their clients', () => {
    write(
      'internal/provider/sdkv2/service_packages_gen.go',
      ['a', 'b', 'c', 'd'].map((name) => `\t"${service}${name}"\n`).join('') +
        ['a', 'b', 'c', 'd'].map((name) => `\t\t${name}.ServicePackage(ctx),\n`).join(''),
    );
    write(
      'internal/conns/awsclient_gen.go',
      `import (\n\t"${sdk}a"\n\tb_sdkv2 "${sdk}b"\n\t"${sdk}d"\n)\n\n` +
        'func (c *AWSClient) AClient(ctx context.Context) *a.Client {\n\treturn x\n}\n\n' +
        'func (c *AWSClient) BClient(ctx context.Context) *b_sdkv2.Client {\n\treturn x\n}\n\n' +
        'func (c *AWSClient) DClient(ctx context.Context) *d.Client {\n\treturn x\n}\n',
    );
    write('internal/service/a/a.go', `import "${service}b"\n meta.AClient(ctx)`);
    write('internal/service/b/b.go', 'meta.BClient(ctx)');
    write('internal/service/c/c.go', '');
    write('internal/service/d/d.go', 'meta.DClient(ctx)');
    write('internal/core.go', `import "${service}c"`);
    for (const name of ['names', 'version']) mkdirSync(join(folder, name));

    expect(keepServices(folder, ['a'])).toEqual(['a', 'b', 'c']);
    const registered = readFileSync(join(folder, 'internal/provider/sdkv2/service_packages_gen.go'), 'utf8');
    expect(registered).toContain('b.ServicePackage');
    expect(registered).not.toContain('d.ServicePackage');
    expect(registered).not.toContain(`${service}d`);
    const clients = readFileSync(join(folder, 'internal/conns/awsclient_gen.go'), 'utf8');
    expect(clients).toContain('BClient');
    expect(clients).toContain(`b_sdkv2 "${sdk}b"`);
    expect(clients).not.toMatch(/DClient|service\/d"/);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepServices } from './keep-services';
import { writeModule } from './sandbox';

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'provider-'));
  writeModule(tree, 'acm\nec2\ns3\n');
});
afterEach(() => rmSync(tree, { recursive: true }));

const registration = () => readFileSync(join(tree, 'internal/provider/sdkv2/service_packages_gen.go'), 'utf8');
const clients = () => readFileSync(join(tree, 'internal/conns/awsclient_gen.go'), 'utf8');

test('keeps the services wanted and those that they import, not those that only tests import', () => {
  expect(keepServices(tree, '# a comment\nacm\n\nec2\n')).toEqual(['acm', 'acmpca', 'ec2']);
});

test('registers exactly the services that stay', () => {
  keepServices(tree, 'acm');
  expect([...registration().matchAll(/(\w+)\.ServicePackage\(ctx\),/g)].map(([, name]) => name)).toEqual([
    'acm',
    'acmpca',
  ]);
  expect(registration()).not.toMatch(/service\/(ec2|s3|xray)"/);
});

test('drops the clients that nothing calls, and their imports', () => {
  keepServices(tree, 'ec2');
  expect([...clients().matchAll(/\) (\w+)\(ctx/g)].map(([, name]) => name)).toEqual(['Ec2Client']);
  expect([...clients().matchAll(/aws-sdk-go-v2\/service\/(\w+)/g)].map(([, name]) => name)).toEqual(['ec2']);
  expect(clients()).toContain('"context"');
});

test('names every service that the provider does not have, and changes nothing', () => {
  const before = registration();
  expect(() => keepServices(tree, 'ec2\nec3\ns5')).toThrow('services.txt: got "ec3", "s5"');
  expect(registration()).toBe(before);
  expect(existsSync(tree)).toBe(true);
});

import { grantee, Template } from '@mlflow-on-aws/testing';
import type { TerraformStack } from 'cdktf';
import { grantTo } from './grant';

const grant = { id: 'read', name: 'read-it', statements: [{ Sid: 'Read', Action: 's3:GetObject', Resource: '*' }] };
const granted = (...roles: string[]) => Template.of((stack) => roles.forEach((role) => give(stack, role)));
const give = (stack: TerraformStack, role: string) => grantTo(stack, grantee(role), grant);

describe('grantTo', () => {
  it('serves several roles, and leaves the address of the first as it was', () => {
    const [first] = granted('server').addresses();
    const both = granted('server', 'reader');
    expect(both.addresses()).toContain(first);
    const policies = Object.entries(both.resources('aws_iam_role_policy'));
    expect(policies.map(([, { role, name }]) => [role, name])).toEqual(
      expect.arrayContaining([
        ['server', 'read-it'],
        ['reader', 'read-it'],
      ]),
    );
    expect(policies.find(([, { role }]) => role === 'reader')?.[0]).toMatch(/^read-of-test-reader/);
  });

  it('keeps the address of every role when a third comes between', () => {
    const had = granted('server', 'reader').addresses();
    expect(granted('server', 'auditor', 'reader').addresses()).toEqual(expect.arrayContaining(had));
  });

  it('refuses the same grant to the same role, of which IAM would keep one', () => {
    expect(() => granted('server', 'server')).toThrow('got a second grant of "read-it" to test/server, want one');
  });
});

import { parsePlan } from '@mlflow-on-aws/plan';
import { diffChange, forcedBy } from '.';

interface Parts {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly actions?: readonly string[];
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: unknown;
}

function changeOf({
  actions = ['update'],
  before = null,
  after = null,
  ...rest
}: Parts): Parameters<typeof diffChange>[0] {
  const resource = { address: 'a.b', type: 'a', name: 'b', change: { actions, before, after, ...rest } };
  const text = JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [resource] });
  return parsePlan(text, 'plan.json').resource_changes[0]!.change;
}

const diff = (parts: Parts): string[] =>
  diffChange(changeOf(parts), (text) => text).map(({ sign, text }) => `${sign} ${text}`);

describe('diffChange', () => {
  it('names nested blocks by their path, blocks that stand alone without a number', () => {
    expect(
      diff({
        before: { root: [{ size: 8, type: 'gp2' }], tags: { Name: 'a', 'cost center': '1' } },
        after: { root: [{ size: 9, type: 'gp2' }], tags: { Name: 'a', 'cost center': '2', Team: 'ml' } },
      }),
    ).toEqual(['! root.size = 8 → 9', '+ tags.Team = "ml"', '! tags["cost center"] = "1" → "2"']);
  });

  it('compares lists of objects by what names them, whatever their order', () => {
    expect(
      diff({
        before: {
          parameter: [
            { name: 'a', value: '1' },
            { name: 'b', value: '2' },
            { name: 'c', value: '3' },
          ],
        },
        after: {
          parameter: [
            { name: 'c', value: '3' },
            { name: 'a', value: '9' },
            { name: 'd', value: '4' },
          ],
        },
      }),
    ).toEqual([
      '- parameter["b"] = { name = "b", value = "2" }',
      '! parameter["a"].value = "1" → "9"',
      '+ parameter["d"] = { name = "d", value = "4" }',
    ]);
  });

  it('pairs objects without a name by likeness', () => {
    const rule = (port: number, cidr: string): object => ({ from: port, to: port, protocol: 'tcp', cidr });
    expect(
      diff({
        before: { rule: [rule(22, 'a'), rule(80, 'b')] },
        after: { rule: [rule(80, 'c'), rule(443, 'd'), rule(22, 'a')] },
      }),
    ).toEqual(['! rule[0].cidr = "b" → "c"', '+ rule[] = { cidr = "d", from = 443, protocol = "tcp", to = 443 }']);
  });

  it('says only what came to and went from a long list of words', () => {
    const words = (...extra: string[]): string[] => [
      ...Array.from({ length: 20 }, (_, index) => `subnet-${index}`),
      ...extra,
    ];
    expect(diff({ before: { subnets: words('x') }, after: { subnets: ['y', ...words()] } })).toEqual([
      '- subnets[] = "x"',
      '+ subnets[] = "y"',
    ]);
    expect(diff({ before: { subnets: words() }, after: { subnets: words().reverse() } })).toEqual([
      '# subnets: same elements in another order',
    ]);
  });

  it('compares JSON as what it says', () => {
    const document = (value: unknown): object => ({ settings: JSON.stringify(value) });
    expect(diff({ before: document({ a: 1, b: { c: [1] } }), after: document({ b: { c: [1] }, a: 2 }) })).toEqual([
      '! settings.a = 1 → 2',
    ]);
    expect(diff({ before: { settings: '{"a":1}' }, after: { settings: '{ "a": 1 }' } })).toEqual([
      '# settings: says the same, written differently',
    ]);
  });

  it('compares policies by the meaning of their statements', () => {
    const statement = (Sid: string, Action: unknown): object => ({ Sid, Effect: 'Allow', Action, Resource: '*' });
    const policy = (...Statement: object[]): object => ({ policy: JSON.stringify({ Statement }) });
    expect(
      diff({
        before: policy(statement('A', 's3:Get'), statement('B', ['s3:Put', 's3:List'])),
        after: policy(statement('B', ['s3:List', 's3:Put']), statement('A', ['s3:Get', 's3:Delete'])),
      }),
    ).toEqual(['! policy.Statement["A"].Action = ["s3:Get"] → ["s3:Delete", "s3:Get"]']);
  });

  it.each([
    ['plain', (text: string): string => text],
    ['base64', (text: string): string => Buffer.from(text).toString('base64')],
  ])('compares %s user data line by line', (_, encode) => {
    expect(
      diff({
        before: { user_data: encode('#!/bin/sh\na\nb\nc\nd\n') },
        after: { user_data: encode('#!/bin/sh\na\nb\nX\nd\n') },
      }),
    ).toEqual(['! user_data:', '      a', '      b', '-     c', '+     X', '      d', '      ']);
  });

  it('marks what is known only after apply, and what forces replacement', () => {
    const parts = {
      actions: ['delete', 'create'],
      before: { id: 'i-1', ami: 'ami-1', subnet: 's-1', disk: [{ size: 8 }] },
      after: { ami: 'ami-2', disk: [{ size: 8 }] },
      after_unknown: { id: true, subnet: true, disk: [{ serial: true }] },
      replace_paths: [['ami'], ['subnet']],
    };
    expect(diff(parts)).toEqual([
      '! ami = "ami-1" → "ami-2"  # forces replacement',
      '! subnet = "s-1" → (known after apply)  # forces replacement',
      '# known after apply: disk.serial, id',
    ]);
    expect(forcedBy(changeOf(parts), (text) => text)).toEqual([
      'ami: "ami-1" → "ami-2"',
      'subnet: "s-1" → (known after apply)',
    ]);
  });

  it('never shows what is marked sensitive, nor its size or kind', () => {
    expect(
      diff({
        before: { login: { user: 'a', password: 'old' }, list: ['s1'], gone: 'x' },
        after: { login: { user: 'b', password: 'new' }, list: ['s1', 's2'], come: { deep: 1 } },
        before_sensitive: { login: { password: true }, list: true, gone: true },
        after_sensitive: { login: { password: true }, list: true, come: true },
      }),
    ).toEqual([
      '+ come = (sensitive)',
      '- gone = (sensitive)',
      '! list: only what is (sensitive) changes',
      '! login.password: only what is (sensitive) changes',
      '! login.user = "a" → "b"',
    ]);
  });

  it('shows long texts from where they part', () => {
    const [line] = diff({ before: { text: `${'x'.repeat(900)}1` }, after: { text: `${'x'.repeat(900)}2` } });
    expect(line).toBe(`! text = …"${'x'.repeat(20)}1" → …"${'x'.repeat(20)}2"`);
  });

  it('says nothing of what stays nothing', () => {
    expect(diff({ before: { a: null, b: [] }, after: { a: [], b: null, c: {} }, actions: ['no-op'] })).toEqual([]);
  });

  it('says so when only marks change', () => {
    expect(diff({ before: { a: 1 }, after: { a: 1 }, after_sensitive: { a: true } })).toEqual([
      '# only what is marked sensitive changes',
    ]);
  });

  it('leaves out tags_all where it repeats tags', () => {
    const tags = (Name: string): object => ({ tags: { Name }, tags_all: { Name, Environment: 'dev' } });
    expect(diff({ before: tags('a'), after: tags('b') })).toEqual(['! tags.Name = "a" → "b"']);
    const defaults = { tags: { Name: 'a' }, tags_all: { Name: 'a', Environment: 'prod' } };
    expect(diff({ before: tags('a'), after: defaults })).toEqual(['! tags_all.Environment = "dev" → "prod"']);
  });
});

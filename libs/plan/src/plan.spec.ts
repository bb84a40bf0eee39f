import { actionOf, createsFirst, endsLife, hasChanges } from './action';
import { configuredAttributes, plannedResources, target } from './plan';
import { parsePlan } from './read';

const planOf = (parts: object): ReturnType<typeof parsePlan> =>
  parsePlan(JSON.stringify({ format_version: '1.2', planned_values: {}, ...parts }), 'plan.json');

const changeOf = (...actions: string[]): ReturnType<typeof parsePlan>['resource_changes'][number] =>
  planOf({ resource_changes: [{ address: 'a.b', type: 'a', name: 'b', change: { actions } }] }).resource_changes[0]!;

describe('actionOf', () => {
  it.each([
    [['no-op'], 'no-op'],
    [['create'], 'create'],
    [['read'], 'read'],
    [['update'], 'update'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
    [['create', 'forget'], 'replace'],
    [['delete'], 'destroy'],
    [['forget'], 'forget'],
  ])('%j is %s', (actions, action) => {
    expect(actionOf(changeOf(...actions))).toBe(action);
  });

  it('tells which comes first and what ends', () => {
    expect(createsFirst(changeOf('create', 'delete'))).toBe(true);
    expect(createsFirst(changeOf('delete', 'create'))).toBe(false);
    expect(endsLife(changeOf('create', 'delete'))).toBe(true);
    expect(endsLife(changeOf('create', 'forget'))).toBe(false);
    expect(endsLife(changeOf('forget'))).toBe(false);
  });
});

describe('hasChanges', () => {
  const base = { address: 'a.b', type: 'a', name: 'b' };
  it.each([
    ['nothing', {}, false],
    ['no-op', { resource_changes: [{ ...base, change: { actions: ['no-op'] } }] }, false],
    ['a move', { resource_changes: [{ ...base, previous_address: 'a.c', change: { actions: ['no-op'] } }] }, true],
    ['an import', { resource_changes: [{ ...base, change: { actions: ['no-op'], importing: { id: 'x' } } }] }, true],
    ['an output', { output_changes: { o: { actions: ['update'] } } }, true],
    ['a deferral', { deferred_changes: [{ resource_change: { ...base, change: { actions: ['create'] } } }] }, true],
    ['drift alone', { resource_drift: [{ ...base, change: { actions: ['update'] } }], applyable: false }, false],
    ['a refresh', { resource_drift: [{ ...base, change: { actions: ['update'] } }], applyable: true }, true],
  ])('%s', (_, parts, expected) => {
    expect(hasChanges(planOf(parts))).toBe(expected);
  });
});

it('lists the planned resources of every module', () => {
  const resource = (address: string, mode = 'managed'): object => ({ address, mode, type: 'a', name: 'b', values: {} });
  const plan = planOf({
    planned_values: {
      root_module: {
        resources: [resource('a.b'), resource('data.a.b', 'data')],
        child_modules: [
          {
            resources: [resource('module.m.a.b')],
            child_modules: [{ resources: [resource('module.m.module.n.a.b')] }],
          },
        ],
      },
    },
  });
  expect(plannedResources(plan).map(({ address }) => address)).toEqual([
    'a.b',
    'module.m.a.b',
    'module.m.module.n.a.b',
  ]);
});

it('tells account, region and provider', () => {
  const expressions = {
    allowed_account_ids: { constant_value: ['123456789012'] },
    region: { constant_value: 'eu-central-1' },
  };
  const plan = planOf({
    configuration: { provider_config: { aws: { name: 'aws', version_constraint: '~> 6.25', expressions } } },
  });
  expect(target(plan)).toEqual({ account: '123456789012', region: 'eu-central-1', provider: '~> 6.25' });
  expect(target(planOf({}))).toEqual({});
});

it('tells which attributes the source sets, in every module and for every instance', () => {
  const resources = [{ address: 'a.b', expressions: { name: {}, rule: [{}] } }];
  const plan = planOf({
    configuration: {
      root_module: {
        resources,
        module_calls: { m: { module: { resources: [{ address: 'a.c', expressions: { size: {} } }] } } },
      },
    },
  });
  expect([...(configuredAttributes(plan, 'a.b["x.y]"]') ?? [])]).toEqual(['name', 'rule']);
  expect([...(configuredAttributes(plan, 'module.m[0].a.c[1]') ?? [])]).toEqual(['size']);
  expect(configuredAttributes(plan, 'module.n.a.c')).toBeUndefined();
});

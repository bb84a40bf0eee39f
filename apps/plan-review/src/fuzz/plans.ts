import { written } from './forms';
import type { Random } from './random';
import { type Planted, plantedMake, plantedValue } from './secrets';

/** A plan with secrets in it, as text, and what was planted. */
export interface FuzzedPlan {
  readonly text: string;
  readonly planted: readonly Planted[];
}

type Json = Record<string, unknown>;

/** Makes a random plan: values that somebody marks, and copies of them that nobody marks, in every place of the format. */
export function fuzzedPlan(random: Random): FuzzedPlan {
  const plan = new Plan(random);
  for (let count = 1 + random.below(3); count > 0; count--) plan.plant();
  for (let count = 1 + random.below(4); count > 0; count--) plan.add(random.of(resources)(() => 'plain', random));
  if (random.chance(0.05)) plan.tear();
  const text = JSON.stringify(plan.json);
  // What is cut off is read too, up to its error.
  return { text: random.chance(0.02) ? text.slice(0, random.below(text.length)) : text, planted: plan.planted };
}

class Plan {
  public readonly planted: Planted[] = [];
  // A plan as it is written, also where it is wrong.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  public readonly json: Record<string, any> = {
    format_version: '1.2',
    terraform_version: '1.14.0',
    variables: {},
    planned_values: { outputs: {}, root_module: { resources: [] } },
    prior_state: { values: { outputs: {}, root_module: { resources: [], child_modules: [] } } },
    resource_changes: [],
    resource_drift: [],
    deferred_changes: [],
    output_changes: {},
    action_invocations: [],
    checks: [],
    configuration: {
      provider_config: {},
      root_module: { variables: {}, outputs: {}, resources: [], module_calls: {} },
    },
  };
  private count = 0;

  public constructor(public readonly random: Random) {}

  /** Plants a value where it is told to be secret, and copies where it is not. */
  public plant(): void {
    const { random } = this;
    const looks = random.chance(0.15);
    const value = looks ? plantedMake(random) : plantedValue(random);
    this.planted.push(value);
    if (!looks) random.of(tellers)(this, value.text, `v${++this.count}`);
    for (let copies = 1 + random.below(4); copies > 0; copies--) {
      const copy = (): string => {
        const form = random.chance(0.5)
          ? `${random.of(['', 'a ', 'x=', '\n'])}${written(value.text, random, looks)}${random.of(['', ' z', '\n'])}`
          : value.text;
        return form;
      };
      random.of(places)(this, copy, random);
    }
  }

  /** Puts a planted value where the format wants something else. */
  public tear(): void {
    const { random, json } = this;
    const value = random.of(this.planted).text;
    const key = random.of([
      'format_version',
      'terraform_version',
      'resource_changes',
      'errored',
      'variables',
      'actions',
    ]);
    if (key !== 'actions') json[key] = value;
    else
      json.resource_changes.push({
        address: 'a.b',
        type: 'a',
        name: 'b',
        change: { actions: [value], before: null, after: null },
      });
  }

  /** Adds a change of a resource, of any kind. */
  public add(values: Json, more: Json = {}): void {
    const { random } = this;
    const actions = random.of([
      ['create'],
      ['delete'],
      ['update'],
      ['delete', 'create'],
      ['create', 'forget'],
      ['no-op'],
      ['forget'],
    ]);
    const type = String(values.type ?? random.of(['aws_instance', 'aws_db_instance', 'aws_x']));
    const name = `r${++this.count}`;
    const after = Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'type'));
    const other = random.of([
      {},
      { ...after, changed: 1 },
      Object.fromEntries(Object.keys(after).map((key) => [key, 'was'])),
    ]);
    this.json.resource_changes.push({
      address: `${type}.${name}`,
      mode: 'managed',
      type,
      name,
      ...more,
      change: {
        actions,
        before: actions[0] === 'create' && actions.length === 1 ? null : random.chance(0.5) ? other : after,
        after: actions.includes('create') || actions[0] === 'update' || actions[0] === 'no-op' ? after : null,
        after_unknown: random.chance(0.3) ? { id: true } : {},
        replace_paths: actions.length > 1 ? [[Object.keys(after)[0] ?? 'id']] : [],
        ...(more.change as Json | undefined),
      },
    });
  }
}

/** Where a value is told to be secret. */
const tellers: readonly ((plan: Plan, value: string, name: string) => void)[] = [
  ({ json }, value, name) => {
    json.variables[name] = { value };
    json.configuration.root_module.variables[name] = { sensitive: true };
  },
  ({ json }, value, name) => {
    json.variables[name] = { value: { list: [{ deep: value }] } };
    json.configuration.root_module.variables[name] = { sensitive: true };
  },
  ({ json }, value, name) => {
    json.variables[name] = { value };
    json.configuration.root_module.variables[name] = {};
    json.configuration.root_module.module_calls[name] = {
      expressions: { pw: { references: [`var.${name}`] } },
      module: { variables: { pw: { sensitive: true } } },
    };
  },
  ({ json }, value, name) => {
    json.prior_state.values.root_module.resources.push({
      address: `data.x.${name}`,
      mode: 'data',
      type: 'x',
      name,
      values: { a: [{ b: value }] },
      sensitive_values: { a: [{ b: true }] },
    });
  },
  ({ json }, value, name) => {
    json.prior_state.values.root_module.child_modules.push({
      resources: [{ address: `module.m.x.${name}`, type: 'x', name, values: { result: value }, sensitive_values: {} }],
    });
    const { module_calls } = json.configuration.root_module;
    module_calls.m ??= { module: { outputs: {} } };
    module_calls.m.module.outputs[name] = {
      sensitive: true,
      expression: { references: [`x.${name}.result`, `x.${name}`] },
    };
  },
  ({ json }, value, name) => {
    json.planned_values.root_module.resources.push({
      address: `x.${name}`,
      type: 'x',
      name,
      values: { pw: value },
      sensitive_values: { pw: true },
    });
  },
  ({ json }, value, name) => {
    json.prior_state.values.outputs[name] = { sensitive: true, value: [value] };
  },
  ({ json }, value, name) => {
    json.output_changes[name] = {
      actions: ['create'],
      before: null,
      after: { a: value },
      after_sensitive: { a: true },
    };
  },
  (plan, value) => {
    const change = { actions: ['update'], before: { value }, after: { value: 'other' } };
    plan.add({ type: 'aws_ssm_parameter' }, { change: { ...change, before_sensitive: { value: true } } });
  },
  (plan, value) => {
    const change = { actions: ['create'], before: null, after: { block: [{ list: ['a', value] }] } };
    plan.add({}, { change: { ...change, after_sensitive: { block: [{ list: [false, true] }] } } });
  },
  (plan, value) => {
    const names = ['DB_PASSWORD', 'API_TOKEN', 'clientSecret', 'STRIPE_KEY', 'AWS_SECRET_ACCESS_KEY'];
    const variables = { [plan.random.of(names)]: value };
    plan.add(
      { type: 'aws_lambda_function' },
      { change: { actions: ['create'], before: null, after: { environment: [{ variables }] } } },
    );
  },
  (plan, value) => {
    const container_definitions = JSON.stringify([{ name: 'a', environment: [{ name: 'DB_PASSWORD', value }] }]);
    plan.add(
      { type: 'aws_ecs_task_definition' },
      { change: { actions: ['delete'], before: { container_definitions }, after: null } },
    );
  },
];

type Copy = () => string;

const resources: readonly ((copy: Copy, random: Random) => Json)[] = [
  (copy) => ({ type: 'aws_instance', user_data: `#!/bin/sh\necho ${copy()}\n`, ami: 'ami-1' }),
  (copy) => ({ type: 'aws_instance', user_data: Buffer.from(`#cloud-config\n${copy()}\n`).toString('base64') }),
  (copy) => ({ type: 'aws_launch_template', user_data: copy(), name: copy() }),
  (copy) => ({ type: 'aws_s3_object', content: copy(), key: copy() }),
  (copy) => ({ type: 'aws_db_instance', db_name: copy(), identifier: copy(), engine: 'postgres' }),
  (copy) => ({ type: 'aws_x', tags: { Name: copy(), [copy()]: 'b' }, tags_all: { Name: copy() } }),
  (copy) => ({ type: 'aws_x', list: ['a', copy(), 'b'], numbers: [1, 2], nested: [{ deep: [{ deeper: copy() }] }] }),
  (copy) => ({ type: 'aws_x', settings: JSON.stringify({ [copy()]: { a: [copy()] } }) }),
  (copy) => ({
    type: 'aws_ecs_task_definition',
    container_definitions: JSON.stringify([{ command: ['sh', '-c', copy()], name: copy() }]),
  }),
  (copy) => ({
    type: 'aws_iam_policy',
    policy: JSON.stringify({
      Statement: [
        {
          Sid: copy(),
          Effect: 'Allow',
          Action: ['s3:*', copy()],
          Resource: copy(),
          Condition: { StringEquals: { 'aws:UserAgent': copy() } },
        },
      ],
    }),
  }),
  (copy) => ({
    type: 'aws_s3_bucket_policy',
    policy: JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: [copy(), '*'] }, Action: copy(), Resource: '*' },
    }),
  }),
  (copy) => ({
    type: 'aws_security_group_rule',
    type_: 1,
    protocol: copy(),
    from_port: 1,
    to_port: 2,
    cidr_blocks: ['0.0.0.0/0', copy()],
    description: copy(),
  }),
  (copy) => ({
    type: 'aws_security_group',
    ingress: [{ protocol: 'tcp', from_port: 1, to_port: 1, cidr_blocks: [copy(), '0.0.0.0/0'] }],
  }),
  (copy) => ({ type: 'aws_s3_bucket', bucket: copy(), force_destroy: true, acl: copy() }),
  (copy) => ({ type: 'aws_iam_role_policy_attachment', policy_arn: `arn:aws:iam::1:policy/${copy()}` }),
  (copy) => ({ type: 'aws_autoscaling_group', tag: [{ key: copy(), value: copy() }] }),
];

/** Where a copy stands that nobody marks. */
const places: readonly ((plan: Plan, copy: Copy, random: Random) => void)[] = [
  ...resources.map((resource) => (plan: Plan, copy: Copy, random: Random) => plan.add(resource(copy, random))),
  (plan, copy) => plan.add({ a: 1 }, { address: `aws_x.y[${JSON.stringify(copy())}]` }),
  (plan, copy) =>
    plan.add({ a: 1 }, { address: `module.m[${JSON.stringify(copy())}].aws_db_instance.y`, type: 'aws_db_instance' }),
  (plan, copy) => plan.add({ a: 1 }, { previous_address: `aws_x.y[${JSON.stringify(copy())}]` }),
  (plan, copy) => plan.add({ a: 1 }, { deposed: copy(), type: 'aws_db_instance' }),
  (plan, copy) => plan.add({ a: 1 }, { action_reason: copy() }),
  (plan, copy) => {
    const key = copy();
    plan.add(
      { a: 1 },
      {
        change: {
          actions: ['delete', 'create'],
          before: { t: { [key]: copy() } },
          after: { t: { [key]: copy() } },
          replace_paths: [
            ['t', key],
            [key, 0],
          ],
        },
      },
    );
  },
  (plan, copy) =>
    plan.add({ a: 1 }, { change: { actions: ['no-op'], before: {}, after: {}, importing: { id: copy() } } }),
  ({ json }, copy) => {
    json.output_changes.out = { actions: ['update'], before: copy(), after: [copy(), { [copy()]: copy() }] };
  },
  ({ json }, copy) => {
    json.output_changes[copy()] = { actions: ['create'], before: null, after: 'x' };
  },
  ({ json }, copy) => {
    json.checks.push({
      address: { to_display: `check.c[${JSON.stringify(copy())}]` },
      status: 'fail',
      instances: [{ address: { to_display: copy() }, status: 'fail', problems: [{ message: `got ${copy()}` }] }],
    });
  },
  ({ json }, copy) => {
    json.action_invocations.push({
      address: `action.a.b[${JSON.stringify(copy())}]`,
      type: 'a',
      name: 'b',
      config_values: { payload: copy(), [copy()]: 1 },
      lifecycle_action_trigger: { triggering_resource_address: copy(), action_trigger_event: copy() },
    });
  },
  ({ json }, copy) => {
    json.resource_drift.push({
      address: `aws_x.y[${JSON.stringify(copy())}]`,
      type: 'aws_x',
      name: 'y',
      change: { actions: ['update'], before: { a: copy() }, after: { a: copy(), b: copy() } },
    });
  },
  ({ json }, copy) => {
    json.deferred_changes.push({
      reason: copy(),
      resource_change: {
        address: `aws_x.z[${JSON.stringify(copy())}]`,
        type: 'aws_x',
        name: 'z',
        change: { actions: ['create'], before: null, after: { a: copy() } },
      },
    });
  },
  ({ json }, copy) => {
    json.configuration.provider_config.aws = {
      name: 'aws',
      version_constraint: copy(),
      expressions: { region: { constant_value: copy() }, allowed_account_ids: { constant_value: [copy()] } },
    };
  },
];

import { z } from 'zod';

// Terraform's own words and shapes: https://developer.hashicorp.com/terraform/internals/json-format
// Keys we do not use are dropped, as the format asks of its readers; values stay as they are.

/** A word of the format as it is quoted in an error; anything else could be a secret in a wrong place. */
export function shown(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  const text = String(input);
  if (typeof input === 'string' && /^[a-z-]{1,12}$|^\d{1,3}(\.\d{1,3})?$/.test(text)) return JSON.stringify(input);
  return typeof input === 'number' && text.length < 5 ? text : `a ${Array.isArray(input) ? 'list' : typeof input}`;
}

const attributes = z.record(z.string(), z.unknown()).nullish();

const changeSchema = z.object({
  actions: z.array(
    z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'], {
      error: ({ input }) => `action ${shown(input)} is not known here`,
    }),
  ),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
  importing: z.object({ id: z.string().optional() }).nullish(),
});

const resourceChangeSchema = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().default('managed'),
  type: z.string(),
  name: z.string(),
  provider_name: z.string().optional(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: changeSchema,
});

const resourceValuesSchema = z.object({
  address: z.string(),
  mode: z.string().default('managed'),
  type: z.string(),
  name: z.string(),
  values: attributes,
  sensitive_values: z.unknown().optional(),
});

const moduleValuesSchema = z.object({
  resources: z.array(resourceValuesSchema).default([]),
  get child_modules() {
    return z.array(moduleValuesSchema).default([]);
  },
});

const stateSchema = z.object({
  root_module: moduleValuesSchema.optional(),
  outputs: z
    .record(z.string(), z.object({ sensitive: z.boolean().default(false), value: z.unknown().optional() }))
    .default({}),
});

const configurationModuleSchema = z.object({
  resources: z.array(z.object({ address: z.string(), expressions: attributes })).default([]),
  outputs: z
    .record(z.string(), z.object({ sensitive: z.boolean().default(false), expression: z.unknown().optional() }))
    .default({}),
  variables: z
    .record(z.string(), z.object({ sensitive: z.boolean().default(false), default: z.unknown().optional() }))
    .default({}),
  get module_calls() {
    return z
      .record(z.string(), z.object({ expressions: attributes, module: configurationModuleSchema.optional() }))
      .default({});
  },
});

const actionInvocationSchema = z.object({
  address: z.string(),
  type: z.string(),
  name: z.string(),
  config_values: z.unknown().optional(),
  config_sensitive: z.unknown().optional(),
  config_unknown: z.unknown().optional(),
  lifecycle_action_trigger: z
    .object({ triggering_resource_address: z.string().optional(), action_trigger_event: z.string().optional() })
    .nullish(),
  invoke_action_trigger: z.object({}).nullish(),
});

const checkSchema = z.object({
  address: z.object({ kind: z.string().optional(), to_display: z.string().default('a check') }),
  status: z.string(),
  instances: z
    .array(
      z.object({
        address: z.object({ to_display: z.string().default('a check') }),
        status: z.string(),
        problems: z.array(z.object({ message: z.string().default('') })).default([]),
      }),
    )
    .default([]),
});

const providerConfigurationSchema = z.object({
  name: z.string(),
  version_constraint: z.string().optional(),
  expressions: attributes,
});

/** The schema of what `terraform show -json PLAN` prints, format 1.x. */
export const planSchema = z.object({
  terraform_version: z.string().default('unknown'),
  timestamp: z.string().optional(),
  applyable: z.boolean().optional(),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
  variables: z.record(z.string(), z.object({ value: z.unknown().optional() })).default({}),
  planned_values: stateSchema.default({ outputs: {} }),
  /** What Terraform knew before: data sources it read for the plan are here alone. */
  prior_state: z.object({ values: stateSchema.optional() }).default({}),
  resource_changes: z.array(resourceChangeSchema).default([]),
  resource_drift: z.array(resourceChangeSchema).default([]),
  deferred_changes: z
    .array(z.object({ reason: z.string().default('unknown'), resource_change: resourceChangeSchema }))
    .default([]),
  output_changes: z.record(z.string(), changeSchema).default({}),
  /** Actions that are invoked, since Terraform 1.14. */
  action_invocations: z.array(actionInvocationSchema).default([]),
  deferred_action_invocations: z
    .array(z.object({ reason: z.string().default('unknown'), action_invocation: actionInvocationSchema }))
    .default([]),
  checks: z.array(checkSchema).default([]),
  configuration: z
    .object({
      provider_config: z.record(z.string(), providerConfigurationSchema).default({}),
      root_module: configurationModuleSchema.optional(),
    })
    .default({ provider_config: {} }),
});

/** A plan as `terraform show -json` prints it. */
export type Plan = z.infer<typeof planSchema>;
/** What happens to one resource instance. */
export type ResourceChange = z.infer<typeof resourceChangeSchema>;
/** Values before and after, and which of them are unknown or sensitive. */
export type Change = z.infer<typeof changeSchema>;
/** An action that is invoked, and by what. */
export type ActionInvocation = z.infer<typeof actionInvocationSchema>;
/** One resource instance as it will be. */
export type PlannedResource = z.infer<typeof resourceValuesSchema>;

/** The values of a module and of those it calls. */
export type ModuleValues = z.infer<typeof moduleValuesSchema>;

const planned = new WeakMap<Plan, PlannedResource[]>();

/** Every managed resource that will exist after the plan is applied, of all modules. */
export function plannedResources(plan: Plan): readonly PlannedResource[] {
  const known = planned.get(plan);
  if (known !== undefined) return known;
  const inModule = (module: ModuleValues): PlannedResource[] => [
    ...module.resources.filter(({ mode }) => mode === 'managed'),
    ...module.child_modules.flatMap(inModule),
  ];
  const { root_module } = plan.planned_values;
  const resources = root_module === undefined ? [] : inModule(root_module);
  planned.set(plan, resources);
  return resources;
}

type ConfigurationModule = z.infer<typeof configurationModuleSchema>;

/** The attributes that the source sets for a resource; undefined when the plan does not hold its source. */
export function configuredAttributes(plan: Plan, address: string): ReadonlySet<string> | undefined {
  const parts = address.replace(/\[("([^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  let module: ConfigurationModule | undefined = plan.configuration.root_module;
  while (parts[0] === 'module') {
    module = module?.module_calls[parts[1] ?? '']?.module;
    parts.splice(0, 2);
  }
  const resource = module?.resources.find((candidate) => candidate.address === parts.join('.'));
  return resource && new Set(Object.keys(resource.expressions ?? {}));
}

/**
 * Which resources the source of each one names, by the addresses of the root module without `[0]` or `["key"]`.
 * What is destroyed has no source any more.
 */
export function referencesOf(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const resources = plan.configuration.root_module?.resources ?? [];
  const known = new Set(resources.map(({ address }) => address));
  return new Map(
    resources.map(({ address, expressions }) => {
      const named = textsOf(expressions).map((reference) => reference.split(/[.[]/).slice(0, 2).join('.'));
      return [address, [...new Set(named)].filter((other) => other !== address && known.has(other))];
    }),
  );
}

/** Every text below the keys called `references`. */
function textsOf(expressions: unknown): string[] {
  if (typeof expressions !== 'object' || expressions === null) return [];
  return Object.entries(expressions).flatMap(([key, value]) =>
    key === 'references' && Array.isArray(value) ? value.filter((text) => typeof text === 'string') : textsOf(value),
  );
}

/** A check, condition or validation that does not hold, with what its author says of it. */
export interface FailedCheck {
  readonly address: string;
  readonly messages: readonly string[];
}

/** The checks that fail, or could not be decided because of an error; one that is open until apply is none. */
export function failedChecks({ checks }: Plan): FailedCheck[] {
  const fails = ({ status }: { readonly status: string }): boolean => status === 'fail' || status === 'error';
  return checks.filter(fails).flatMap(({ address, instances }) => {
    const failing = instances.filter(fails);
    if (failing.length === 0) return [{ address: address.to_display, messages: [] }];
    return failing.map((instance) => ({
      address: instance.address.to_display,
      messages: instance.problems.map(({ message }) => message).filter((message) => message !== ''),
    }));
  });
}

/** Where a plan applies: AWS account and region as its provider is configured, when they are constants. */
export function target(plan: Plan): { account?: string; region?: string; provider?: string } {
  const aws = Object.values(plan.configuration.provider_config).find(({ name }) => name === 'aws');
  const constant = (name: string): unknown =>
    (aws?.expressions?.[name] as { constant_value?: unknown })?.constant_value;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const accounts = constant('allowed_account_ids');
  return {
    account: Array.isArray(accounts) ? text(accounts[0]) : undefined,
    region: text(constant('region')),
    provider: aws?.version_constraint,
  };
}

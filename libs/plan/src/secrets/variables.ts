import type { Plan } from '../plan';
import { leaves } from './sources';

type ConfigurationModule = NonNullable<Plan['configuration']['root_module']>;
type Values = Readonly<Record<string, unknown>>;

/** The values of sensitive variables, of the root module and of all that it calls. */
export function variableSecrets(plan: Plan): string[] {
  const values = Object.fromEntries(Object.entries(plan.variables).map(([name, { value }]) => [name, value]));
  const { root_module } = plan.configuration;
  return root_module === undefined ? [] : moduleSecrets(root_module, values, '', resourcesOf(plan));
}

/** The sensitive variables and outputs of a module and of those it calls, as far as the plan says what they are given. */
function moduleSecrets(module: ConfigurationModule, values: Values, path: string, known: Resources): string[] {
  const { variables, outputs, module_calls } = module;
  const valueIn = (expression: unknown): unknown => valueOf(expression, values, path, known);
  const own = Object.entries(variables)
    .filter(([, { sensitive }]) => sensitive)
    .flatMap(([name, variable]) => [...leaves(values[name]), ...leaves(variable.default)]);
  const given = Object.values(outputs)
    .filter(({ sensitive }) => sensitive)
    .flatMap(({ expression }) => leaves(valueIn(expression)));
  const called = Object.entries(module_calls).flatMap(([name, { expressions, module: inner }]) => {
    if (inner === undefined) return [];
    const passed = Object.entries(expressions ?? {}).map(([key, expression]) => [key, valueIn(expression)]);
    return moduleSecrets(inner, Object.fromEntries(passed) as Values, `${path}module.${name}.`, known);
  });
  return [...own, ...given, ...called];
}

/** What an expression gives: a constant, variables of the module it stands in, attributes of resources. */
function valueOf(expression: unknown, values: Values, path: string, known: Resources): unknown {
  const { constant_value, references } = (expression ?? {}) as { constant_value?: unknown; references?: string[] };
  if (constant_value !== undefined) return constant_value;
  if (!Array.isArray(references)) return undefined;
  return references.map((reference) => {
    const parts = reference.replace(/\[[^\]]*\]/g, '').split('.');
    if (parts[0] === 'var') return at(values[parts[1] ?? ''], parts.slice(2));
    const length = parts[0] === 'data' ? 3 : 2;
    // `aws_db_instance.x` stands beside `aws_db_instance.x.password` in the list: all of its values are not meant.
    if (parts.length <= length) return undefined;
    const address = `${path}${parts.slice(0, length).join('.')}`;
    return (known.get(address) ?? []).map((attributes) => at(attributes, parts.slice(length)));
  });
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => {
    const object = Array.isArray(inner) ? inner[0] : inner;
    return typeof object === 'object' && object !== null ? (object as Values)[key] : undefined;
  }, value);
}

/** Values of each resource and data source, before and after, by their address without the keys of instances. */
type Resources = ReadonlyMap<string, readonly unknown[]>;

function resourcesOf(plan: Plan): Resources {
  const found = new Map<string, unknown[]>();
  const add = (address: string, value: unknown): void => {
    const bare = address.replace(/\[("([^"\\]|\\.)*"|\d+)\]/g, '');
    const values = found.get(bare);
    if (values === undefined) found.set(bare, [value]);
    else values.push(value);
  };
  for (const { address, change } of plan.resource_changes) {
    add(address, change.before);
    add(address, change.after);
  }
  const visit = (module: NonNullable<Plan['planned_values']['root_module']>): void => {
    for (const { address, values } of module.resources) add(address, values);
    module.child_modules.forEach(visit);
  };
  for (const state of [plan.prior_state.values, plan.planned_values])
    if (state?.root_module !== undefined) visit(state.root_module);
  return found;
}

import { isObject } from '../diff/marks';

/** A parameter of a database that lets in connections without TLS when it is off. */
interface Parameter {
  readonly name: string;
  readonly types: RegExp;
  /** Whether it is on where the group does not name it. */
  readonly byDefault: boolean;
}

/** From the documentation of RDS, Aurora, DocumentDB, Neptune and Redshift, read 2026-11-26. */
export const parameters: readonly Parameter[] = [
  // Where the group does not say it, the version of PostgreSQL decides: on since 15.
  { name: 'rds.force_ssl', types: /^aws_(db|rds_cluster)_parameter_group$/, byDefault: false },
  { name: 'require_secure_transport', types: /^aws_(db|rds_cluster)_parameter_group$/, byDefault: false },
  { name: 'tls', types: /^aws_docdb_cluster_parameter_group$/, byDefault: true },
  { name: 'neptune_enforce_ssl', types: /^aws_neptune_(cluster_)?parameter_group$/, byDefault: true },
  { name: 'require_ssl', types: /^aws_redshift_parameter_group$/, byDefault: false },
];

/** What a change to the parameters of a database weakens, as sentences. */
export function weakenedParameters(type: string, before: unknown, after: unknown): string[] {
  return parameters
    .filter(({ types }) => types.test(type))
    .filter((parameter) => {
      const [had, has] = [isForced(before, parameter), isForced(after, parameter)];
      return has !== true && (had === true || (has === false && had !== false));
    })
    .map(({ name }) => `the database accepts connections without TLS (${name})`);
}

/** Whether a group wants TLS; undefined where it does not say. */
function isForced(values: unknown, { name, byDefault }: Parameter): boolean | undefined {
  const list = isObject(values) && Array.isArray(values.parameter) ? values.parameter : [];
  const found = list.find((one: unknown) => isObject(one) && one.name === name) as { value?: unknown } | undefined;
  if (found !== undefined) return /^(1|on|true|enabled|tls1|fips)/i.test(String(found.value));
  return byDefault && isObject(values) ? true : undefined;
}

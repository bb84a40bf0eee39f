import { jsonIn } from '../diff/documents';
import { isObject } from '../diff/marks';
import { type Finding, notice, opening } from './finding';
import { clusterOpenings } from './guards';
import { textsOf } from './texts';

type Values = Readonly<Record<string, unknown>>;

/** What a resource with these values opens, whatever it was before. */
export function doors(type: string, values: unknown): Finding[] {
  if (!isObject(values)) return [];
  return [
    ...acls(values).map(opening),
    ...clusterOpenings(type, values).map(opening),
    ...functionDoors(type, values),
    ...defaultDoors(type, values),
    ...(type === 'aws_opensearchserverless_security_policy' ? networkPolicy(values).map(opening) : []),
    ...shares(type, values).map(notice),
  ];
}

const canned = new Set(['public-read', 'public-read-write', 'authenticated-read', 'website']);
const everybody = /^https?:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Canned access control lists and grants to everybody, in any attribute: buckets, objects, access points, exports. */
function acls(values: Values): string[] {
  const found = textsOf(values).flatMap(({ key, value }) => {
    if (canned.has(value) && /(^|_)acl(_|$)/.test(key)) return [`is readable by anyone (${key} ${value})`];
    // Exact: a policy may name the group to deny it something.
    return value.startsWith('http') && everybody.test(value)
      ? ['is granted to everybody (AllUsers or AuthenticatedUsers)']
      : [];
  });
  return [...new Set(found)];
}

/** Who may call a function. A source, an organisation or an account limits who; a principal that is a service does not. */
function functionDoors(type: string, values: Values): Finding[] {
  if (type !== 'aws_lambda_permission') return [];
  const limited = ['source_arn', 'source_account', 'principal_org_id'].some((key) => isSet(values[key]));
  if (limited) return [];
  if (values.principal === '*')
    return values.function_url_auth_type === 'AWS_IAM'
      ? [notice('whoever signs with credentials of any AWS account may call the function')]
      : [opening('anyone may call the function')];
  if (/^\d{12}$|^arn:[\w-]+:iam::/.test(String(values.principal)))
    return [notice(`${String(values.principal)} may call the function`)];
  // Alexa asks with a token in place of a source; whom a load balancer or a log group serves says its own policy.
  return /^(s3|sns|events|apigateway|config|iot|ses|cognito-idp)\.amazonaws\.com$/.test(String(values.principal)) &&
    !isSet(values.event_source_token)
    ? [
        notice(
          `${String(values.principal)} may call the function for every AWS account: source_arn and source_account are not set`,
        ),
      ]
    : [];
}

/** Ports that AWS opens to everybody where nothing is said. */
function defaultDoors(type: string, values: Values): Finding[] {
  if (type === 'aws_lightsail_instance')
    return [notice('Lightsail opens ports 22 and 80 of a new machine to the internet')];
  if (type !== 'aws_eks_node_group') return [];
  const access: unknown = Array.isArray(values.remote_access) ? values.remote_access[0] : values.remote_access;
  if (!isObject(access) || !isSet(access.ec2_ssh_key)) return [];
  const groups = access.source_security_group_ids;
  return isSet(groups) && !(Array.isArray(groups) && groups.length === 0)
    ? []
    : [opening('port 22 of the nodes is open to the internet: remote_access names no source_security_group_ids')];
}

function networkPolicy(values: Values): string[] {
  const policy = values.type === 'network' ? jsonIn(values.policy) : undefined;
  const rules: unknown[] = Array.isArray(policy) ? policy : [];
  return rules.some((rule) => isObject(rule) && rule.AllowFromPublic === true)
    ? ['collections are open to the internet (AllowFromPublic)']
    : [];
}

/** The attributes in which a resource names the accounts it is shared with, by type. */
export const sharing: Readonly<Record<string, readonly string[]>> = {
  aws_db_snapshot: ['shared_accounts'],
  aws_db_snapshot_copy: ['shared_accounts'],
  aws_db_cluster_snapshot: ['shared_accounts'],
  aws_rds_cluster_snapshot_copy: ['shared_accounts'],
  aws_ami_launch_permission: ['account_id', 'organization_arn', 'organizational_unit_arn'],
  aws_snapshot_create_volume_permission: ['account_id'],
  aws_ram_principal_association: ['principal'],
  aws_vpc_endpoint_service: ['allowed_principals'],
  aws_vpc_endpoint_service_allowed_principal: ['principal_arn'],
  aws_redshift_data_share_authorization: ['consumer_identifier'],
  aws_redshift_endpoint_authorization: ['account'],
  aws_lambda_layer_version_permission: ['principal'],
  aws_cloudwatch_event_permission: ['principal'],
  aws_directory_service_shared_directory: ['target'],
};

function shares(type: string, values: Values): string[] {
  return (sharing[type] ?? [])
    .flatMap((key) => values[key] as unknown)
    .flat()
    .map((one) => (isObject(one) ? one.id : one))
    .filter((one): one is string => typeof one === 'string' && !/^(all|\*|)$/.test(one) && !one.startsWith('('))
    .map((one) => `is shared with ${one}`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

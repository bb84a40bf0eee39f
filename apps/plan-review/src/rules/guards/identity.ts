import { atLeast, type Guard, off, on, onOrElsewhere, present, ranked, type Strength } from './guard';

const identity = (guard: Omit<Guard, 'kind'>): Guard => ({ kind: 'identity', ...guard });

const isNone: Strength = { worse: 'NONE', of: (value) => (/^NONE$/i.test(String(value ?? '')) ? 0 : 1) };

/** Who is let in with less proof than before. */
export const identityGuards: readonly Guard[] = [
  identity({
    attributes: ['permissions_boundary'],
    strength: present,
    text: 'the permissions boundary is removed',
  }),
  identity({
    attributes: ['iam_database_authentication_enabled'],
    strength: on,
    text: 'IAM authentication is off',
  }),
  identity({
    types: ['aws_instance', 'aws_launch_*', 'aws_spot_*'],
    attributes: ['metadata_options.http_tokens'],
    // Where nothing is said, the image or the account decides.
    strength: onOrElsewhere,
    atStart: true,
    text: 'the instance answers IMDSv1 again',
  }),
  identity({
    types: ['aws_imagebuilder_infrastructure_configuration'],
    attributes: ['instance_metadata_options.http_tokens'],
    strength: onOrElsewhere,
    atStart: true,
    text: 'the instance answers IMDSv1 again',
  }),
  identity({
    types: ['aws_cognito_user_pool'],
    attributes: ['mfa_configuration'],
    strength: ranked('OFF', 'OFF', 'OPTIONAL', 'ON'),
    text: 'users need no second factor any more: {before} → {after}',
  }),
  identity({
    types: ['aws_cognito_user_pool'],
    attributes: ['admin_create_user_config.allow_admin_create_user_only'],
    strength: on,
    text: 'anyone may sign up',
  }),
  identity({
    types: ['aws_cognito_user_pool'],
    attributes: ['user_pool_add_ons.advanced_security_mode'],
    strength: ranked('OFF', 'OFF', 'AUDIT', 'ENFORCED'),
    text: 'threat protection is weaker: {before} → {after}',
  }),
  identity({
    types: ['aws_cognito_identity_pool'],
    attributes: ['allow_unauthenticated_identities'],
    strength: off,
    atStart: true,
    text: 'anyone gets credentials without signing in',
  }),
  identity({
    types: ['aws_cognito_*client'],
    attributes: ['prevent_user_existence_errors'],
    strength: ranked('LEGACY', 'LEGACY', 'ENABLED'),
    text: 'a stranger can find out who has an account',
  }),
  identity({
    types: ['aws_msk_cluster'],
    attributes: ['client_authentication.unauthenticated'],
    strength: off,
    atStart: true,
    text: 'clients need not say who they are',
  }),
  identity({
    types: ['aws_memorydb_cluster'],
    attributes: ['acl_name'],
    strength: { worse: 'open-access', of: (value) => (value === 'open-access' ? 0 : 1) },
    atStart: true,
    text: 'clients need not say who they are',
  }),
  identity({
    types: ['aws_elasticache_user', 'aws_memorydb_user'],
    attributes: ['no_password_required'],
    strength: off,
    atStart: true,
    text: 'the user needs no password',
  }),
  identity({
    types: ['aws_elasticache_replication_group'],
    attributes: ['user_group_ids'],
    strength: present,
    unless: ['auth_token'],
    text: 'clients need not say who they are',
  }),
  identity({
    types: ['aws_elasticache_replication_group'],
    attributes: ['auth_token'],
    strength: present,
    unless: ['user_group_ids', 'auth_token_wo_version'],
    text: 'clients need not say who they are',
  }),
  identity({
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
    attributes: ['advanced_security_options.enabled'],
    strength: on,
    text: 'fine-grained access control is off',
  }),
  identity({
    types: ['aws_api_gateway_method'],
    attributes: ['authorization'],
    strength: isNone,
    atStart: true,
    // Browsers ask with OPTIONS before they send anything that says who they are.
    except: ({ http_method, api_key_required }) => http_method === 'OPTIONS' || api_key_required === true,
    text: 'anyone may call the method',
  }),
  identity({
    types: ['aws_apigatewayv2_route'],
    attributes: ['authorization_type'],
    strength: ranked('NONE', 'NONE', /./),
    atStart: true,
    except: ({ route_key, api_key_required }) =>
      api_key_required === true || /^(OPTIONS |\$disconnect)/.test(String(route_key)),
    text: 'anyone may call the route',
  }),
  identity({
    types: ['aws_appsync_graphql_api'],
    attributes: ['authentication_type'],
    strength: ranked('', 'API_KEY', /./),
    atStart: true,
    text: 'whoever has the key may ask anything',
  }),
  identity({
    types: ['aws_vpclattice_service', 'aws_vpclattice_service_network'],
    attributes: ['auth_type'],
    strength: ranked('NONE', 'NONE', /./),
    text: 'callers need not say who they are',
  }),
  identity({
    types: ['aws_*lb_listener', 'aws_*lb_listener_rule'],
    attributes: [
      'default_action[].authenticate_oidc.on_unauthenticated_request',
      'default_action[].authenticate_cognito.on_unauthenticated_request',
      'action[].authenticate_oidc.on_unauthenticated_request',
      'action[].authenticate_cognito.on_unauthenticated_request',
    ],
    strength: { worse: 'allow', of: (value) => (value === 'allow' ? 0 : 1) },
    atStart: true,
    text: 'requests go through without signing in',
  }),
  identity({
    types: ['aws_db_proxy'],
    attributes: ['auth[].iam_auth'],
    strength: ranked('DISABLED', 'DISABLED', 'ENABLED', 'REQUIRED'),
    text: 'IAM authentication is not required any more',
  }),
  identity({
    types: ['aws_iam_account_password_policy'],
    attributes: ['minimum_password_length', 'password_reuse_prevention'],
    strength: atLeast(0),
    text: 'the password policy is weaker: {before} → {after}',
  }),
  identity({
    types: ['aws_iam_account_password_policy'],
    attributes: ['require_lowercase_characters', 'require_numbers', 'require_symbols', 'require_uppercase_characters'],
    strength: on,
    text: 'the password policy is weaker',
  }),
  identity({
    types: ['aws_ecs_task_definition', 'aws_batch_job_definition'],
    attributes: ['volume[].efs_volume_configuration[].authorization_config.iam'],
    strength: on,
    text: 'the file system no longer asks for the role of the task',
  }),
  identity({
    types: ['aws_eks_cluster'],
    attributes: ['access_config.bootstrap_cluster_creator_admin_permissions'],
    strength: off,
    text: 'whoever creates the cluster is its administrator',
  }),
  identity({
    types: ['aws_sagemaker_notebook_instance'],
    attributes: ['root_access'],
    strength: ranked('Enabled', 'Enabled', 'Disabled'),
    text: 'users of the notebook become root',
  }),
  identity({
    types: ['aws_ecs_*', 'aws_codebuild_project'],
    attributes: ['environment.privileged_mode'],
    strength: off,
    text: 'builds run with all rights on their host',
  }),
];

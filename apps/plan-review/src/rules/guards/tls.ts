import { type Guard, off, on, onByDefault, ranked, type Strength } from './guard';

const tls = (guard: Omit<Guard, 'kind'>): Guard => ({ kind: 'TLS', ...guard });

/** The oldest TLS that the name of a policy lets in, 0 to 3 for 1.0 to 1.3; names without a version let in 1.0. */
export function oldestTls(policy: string): number | undefined {
  if (/^SSL/i.test(policy)) return -1;
  // ELBSecurityPolicy-TLS13-1-2-2021-06, TLSv1.2_2021, Policy-Min-TLS-1-2-2019-07, TLS_1_2, IoTSecurityPolicy_TLS13_1_3_2022_10
  const versions = [...policy.matchAll(/(?<!\d)1[-_.]([0-3])(?!\d)/g)].map(([, minor]) => Number(minor));
  if (versions.length > 0) return versions.at(-1);
  return /TLS|SecurityPolicy/i.test(policy) ? 0 : undefined;
}

/** A policy by the oldest TLS it lets in: 0 is older than 1.2. */
const policy: Strength = {
  worse: 'an older TLS; from the start, older than 1.2',
  of: (value) => {
    const version = typeof value === 'string' ? oldestTls(value) : undefined;
    // All that is older than 1.2 is no guard for a new resource; among themselves the order counts.
    return version === undefined ? undefined : version >= 2 ? version : version === 1 ? 0.5 : version === 0 ? 0.25 : 0;
  },
};
/** The same for new resources: AWS calls TLS 1.0 and 1.1 outdated. */
const policyAtStart: Strength = {
  worse: 'older than 1.2',
  of: (value) => {
    const version = typeof value === 'string' ? oldestTls(value) : undefined;
    return version === undefined ? undefined : version < 2 ? 0 : 1;
  },
};

const policyAttributes = [
  'ssl_policy',
  'security_policy',
  'domain_name_configuration.security_policy',
  'domain_endpoint_options.tls_security_policy',
  'endpoint_options.tls_security_policy',
  'viewer_certificate.minimum_protocol_version',
  'tls_config.security_policy',
];
const policyTypes = [
  'aws_*lb_listener',
  'aws_api_gateway_domain_name',
  'aws_apigatewayv2_domain_name',
  'aws_opensearch_domain',
  'aws_elasticsearch_domain',
  'aws_cloudsearch_domain',
  'aws_cloudfront_distribution',
  'aws_iot_domain_configuration',
];

/** From the worst to the best. */
const viewer = ranked('allow-all', 'allow-all', 'redirect-to-https', 'https-only');

/** Connections that may be read on the way. */
export const tlsGuards: readonly Guard[] = [
  tls({
    types: policyTypes,
    attributes: policyAttributes,
    strength: policy,
    text: 'an older TLS is accepted: {before} → {after}',
  }),
  tls({
    types: policyTypes,
    attributes: policyAttributes,
    strength: { ...policyAtStart, of: (value) => (policyAtStart.of(value) === 0 ? 0 : undefined) },
    atStart: true,
    text: 'TLS older than 1.2 is accepted: {after}',
  }),
  tls({
    types: ['aws_transfer_server', 'aws_transfer_connector'],
    attributes: ['security_policy_name'],
    strength: {
      worse: 'an older policy',
      // TransferSecurityPolicy-2024-01, TransferSecurityPolicy-FIPS-2023-05
      of: (value) => {
        const [, year, month] = /(20\d\d)-(\d\d)$/.exec(String(value ?? '')) ?? [];
        return year === undefined ? undefined : Number(`${year}${month}`);
      },
    },
    text: 'an older policy of ciphers: {before} → {after}',
  }),
  tls({
    types: ['aws_*lb_listener'],
    attributes: ['protocol'],
    strength: ranked('HTTP', /^(HTTP|TCP|UDP|TCP_UDP|GENEVE)$/, /^(HTTPS|TLS)$/),
    text: 'the listener no longer speaks TLS',
  }),
  tls({
    types: ['aws_elb'],
    attributes: ['listener[].lb_protocol'],
    strength: ranked('http', /^(http|tcp)$/i, /^(https|ssl)$/i),
    text: 'the listener no longer speaks TLS',
  }),
  tls({
    types: ['aws_*lb_target_group'],
    attributes: ['protocol'],
    strength: ranked('HTTP', /^(HTTP|TCP)$/, /^(HTTPS|TLS)$/),
    text: 'the way to the targets is no longer encrypted',
  }),
  tls({
    types: ['aws_cloudfront_distribution'],
    attributes: ['default_cache_behavior.viewer_protocol_policy', 'ordered_cache_behavior[].viewer_protocol_policy'],
    strength: viewer,
    atStart: true,
    text: 'answers HTTP without TLS',
  }),
  tls({
    types: ['aws_cloudfront_*', 'aws_lightsail_distribution'],
    attributes: [
      'origin[].custom_origin_config.origin_protocol_policy',
      'vpc_origin_endpoint_config.origin_protocol_policy',
      'origin.protocol_policy',
    ],
    strength: ranked('', 'http-only', 'match-viewer', 'https-only'),
    text: 'the way to the origin is no longer encrypted: {after}',
  }),
  tls({
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain', 'aws_cloudsearch_domain'],
    attributes: ['domain_endpoint_options.enforce_https', 'endpoint_options.enforce_https'],
    strength: onByDefault,
    atStart: true,
    text: 'HTTP without TLS is accepted',
  }),
  tls({
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
    attributes: ['node_to_node_encryption.enabled'],
    strength: on,
    atStart: true,
    text: 'encryption between nodes is off',
  }),
  tls({
    types: ['aws_elasticache_replication_group', 'aws_appsync_api_cache'],
    attributes: ['transit_encryption_enabled'],
    strength: on,
    atStart: true,
    unless: ['global_replication_group_id'],
    text: 'encryption in transit is off',
  }),
  tls({
    types: ['aws_elasticache_cluster'],
    attributes: ['transit_encryption_enabled'],
    strength: on,
    text: 'encryption in transit is off',
  }),
  tls({
    types: ['aws_elasticache_replication_group'],
    attributes: ['transit_encryption_mode'],
    strength: ranked('required', 'preferred', 'required'),
    text: 'connections without TLS are accepted',
  }),
  tls({
    types: ['aws_memorydb_*'],
    attributes: ['tls_enabled'],
    strength: onByDefault,
    atStart: true,
    text: 'encryption in transit is off',
  }),
  tls({
    types: ['aws_dax_cluster'],
    attributes: ['cluster_endpoint_encryption_type'],
    strength: ranked('NONE', 'NONE', 'TLS'),
    atStart: true,
    text: 'encryption in transit is off',
  }),
  tls({
    types: ['aws_msk_cluster'],
    attributes: ['encryption_info.encryption_in_transit.client_broker'],
    strength: ranked('TLS', 'PLAINTEXT', 'TLS_PLAINTEXT', 'TLS'),
    atStart: true,
    text: 'clients may connect without TLS: {after}',
  }),
  tls({
    types: ['aws_msk_cluster'],
    attributes: ['encryption_info.encryption_in_transit.client_broker'],
    strength: {
      worse: 'TLS_PLAINTEXT',
      of: (value) => (value === 'TLS_PLAINTEXT' ? 0 : value === 'PLAINTEXT' ? undefined : 1),
    },
    atStart: true,
    text: 'clients may connect without TLS: {after}',
  }),
  tls({
    types: ['aws_msk_cluster'],
    attributes: ['encryption_info.encryption_in_transit.in_cluster'],
    strength: onByDefault,
    atStart: true,
    text: 'encryption between brokers is off',
  }),
  tls({
    types: ['aws_mskconnect_connector'],
    attributes: ['kafka_cluster_encryption_in_transit.encryption_type'],
    strength: ranked('PLAINTEXT', 'PLAINTEXT', 'TLS'),
    atStart: true,
    text: 'encryption in transit is off',
  }),
  tls({
    types: ['aws_dms_endpoint', 'aws_dms_s3_endpoint'],
    attributes: ['ssl_mode'],
    strength: ranked('none', 'none', 'require', 'verify-ca', 'verify-full'),
    atStart: true,
    // What is no database has its own way: HTTPS.
    except: ({ engine_name }) =>
      engine_name === undefined ||
      /^(s3|kinesis|dynamodb|elasticsearch|opensearch|kafka|redis|neptune)$/.test(String(engine_name)),
    text: 'TLS to the database is weaker: {before} → {after}',
  }),
  tls({
    types: ['aws_db_proxy'],
    attributes: ['require_tls'],
    strength: on,
    atStart: true,
    text: 'connections without TLS are accepted',
  }),
  tls({
    types: ['aws_ecs_task_definition'],
    attributes: ['volume[].efs_volume_configuration[].transit_encryption'],
    strength: on,
    atStart: true,
    text: 'encryption on the way to the file system is off',
  }),
  tls({
    types: ['aws_datasync_location_efs'],
    attributes: ['in_transit_encryption'],
    strength: ranked('NONE', 'NONE', /^TLS/),
    text: 'encryption on the way to the file system is off',
  }),
  tls({
    types: ['aws_ses_configuration_set', 'aws_sesv2_configuration_set', 'aws_ses_receipt_rule'],
    attributes: ['delivery_options.tls_policy', 'tls_policy'],
    strength: ranked('Optional', /^optional$/i, /^require$/i),
    text: 'mail may go without TLS',
  }),
  tls({
    types: ['aws_codebuild_project', 'aws_quicksight_data_source'],
    attributes: ['source.insecure_ssl', 'secondary_sources[].insecure_ssl', 'ssl_properties.disable_ssl'],
    strength: off,
    atStart: true,
    text: 'certificates are not checked',
  }),
  tls({
    types: ['aws_appmesh_virtual_*'],
    attributes: ['spec.backend_defaults.client_policy.tls.enforce'],
    strength: onByDefault,
    text: 'connections without TLS are accepted',
  }),
];

import { asMany, type Guard, on, onByDefault, present, ranked } from './guard';

const logging = (guard: Omit<Guard, 'kind'>): Guard => ({ kind: 'logging', ...guard });

/** What is no longer written down. */
export const loggingGuards: readonly Guard[] = [
  logging({
    types: ['aws_cloudtrail'],
    attributes: ['enable_logging'],
    strength: onByDefault,
    atStart: true,
    text: 'the trail no longer logs',
  }),
  logging({
    types: ['aws_cloudtrail'],
    attributes: ['include_global_service_events'],
    strength: onByDefault,
    text: 'the trail no longer logs global services',
  }),
  logging({
    types: ['aws_cloudtrail'],
    attributes: ['is_multi_region_trail', 'is_organization_trail'],
    strength: on,
    text: 'the trail logs fewer regions or accounts',
  }),
  logging({
    types: ['aws_cloudtrail'],
    attributes: ['enable_log_file_validation'],
    strength: on,
    text: 'a forged log would not be noticed',
  }),
  logging({
    types: ['aws_config_configuration_recorder_status'],
    attributes: ['is_enabled'],
    strength: onByDefault,
    text: 'changes are no longer recorded',
  }),
  logging({
    types: ['aws_guardduty_detector'],
    attributes: ['enable'],
    strength: onByDefault,
    text: 'threat detection is off',
  }),
  logging({
    types: ['aws_macie2_account'],
    attributes: ['status'],
    strength: ranked('ENABLED', 'PAUSED', 'ENABLED'),
    text: 'Macie is paused',
  }),
  logging({
    types: ['aws_ecr_repository'],
    attributes: ['image_scanning_configuration.scan_on_push'],
    strength: on,
    text: 'images are no longer scanned',
  }),
  logging({
    types: ['aws_lb', 'aws_alb', 'aws_elb'],
    attributes: ['access_logs.enabled'],
    strength: on,
    text: 'access is no longer logged',
  }),
  logging({
    types: ['aws_cloudfront_distribution', 'aws_s3_bucket'],
    attributes: ['logging_config', 'logging'],
    strength: present,
    text: 'access is no longer logged',
  }),
  logging({
    types: ['aws_api_gateway_stage', 'aws_apigatewayv2_stage'],
    attributes: ['access_log_settings'],
    strength: present,
    text: 'access is no longer logged',
  }),
  logging({
    types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_eks_cluster', 'aws_neptune_cluster'],
    attributes: ['enabled_cloudwatch_logs_exports', 'enable_cloudwatch_logs_exports', 'enabled_cluster_log_types'],
    strength: asMany,
    text: 'fewer logs are kept',
  }),
];

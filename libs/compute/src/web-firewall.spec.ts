import { Template } from '@mlflow-on-aws/testing';
import { WebFirewall } from './web-firewall';

interface Request {
  readonly path: string;
  readonly query?: string;
  readonly cookie?: string;
  readonly body?: string;
  readonly userAgent?: string;
}

const longerThan = (text: string | undefined, most: number) => (text ?? '').length > most;
const extension = /\.(log|ini|config|conf|cfg|backup|bak|old|sql|key|pem)($|[/?&])/i;
const script = /<script|javascript:|onerror=/i;
const localFile = /\.\.\/|\/etc\/passwd/i;
const remoteFile = /(https?|ftp):\/\/\d{1,3}(\.\d{1,3}){3}/i;
const metadata = /169\.254\.169\.254/;

/**
 * What the rules look for, as their documentation says it; AWS publishes no more.
 * Source: AWS WAF developer guide, "Baseline rule groups".
 */
const documented: Readonly<Record<string, (request: Request) => boolean>> = {
  NoUserAgent_HEADER: ({ userAgent = 'mlflow-python-client/3.17.2' }) => userAgent === '',
  SizeRestrictions_QUERYSTRING: ({ query }) => longerThan(query, 2048),
  SizeRestrictions_Cookie_HEADER: ({ cookie }) => longerThan(cookie, 10_240),
  SizeRestrictions_BODY: ({ body }) => longerThan(body, 8192),
  SizeRestrictions_URIPATH: ({ path }) => longerThan(path, 1024),
  EC2MetaDataSSRF_BODY: ({ body = '' }) => metadata.test(body),
  EC2MetaDataSSRF_QUERYARGUMENTS: ({ query = '' }) => metadata.test(query),
  GenericLFI_QUERYARGUMENTS: ({ query = '' }) => localFile.test(query),
  GenericLFI_URIPATH: ({ path }) => localFile.test(path),
  GenericLFI_BODY: ({ body = '' }) => localFile.test(body),
  RestrictedExtensions_URIPATH: ({ path }) => extension.test(path),
  RestrictedExtensions_QUERYARGUMENTS: ({ query = '' }) => extension.test(query),
  GenericRFI_QUERYARGUMENTS: ({ query = '' }) => remoteFile.test(query),
  GenericRFI_BODY: ({ body = '' }) => remoteFile.test(body),
  CrossSiteScripting_QUERYARGUMENTS: ({ query = '' }) => script.test(query),
  CrossSiteScripting_BODY: ({ body = '' }) => script.test(body),
  JavaDeserializationRCE_BODY: ({ body = '' }) => body.includes('java.lang.Runtime'),
  Log4JRCE_BODY: ({ body = '' }) => body.includes('${jndi:'),
  Log4JRCE_QUERYSTRING: ({ query = '' }) => query.includes('${jndi:'),
  ExploitablePaths_URIPATH: ({ path }) => /web-inf/i.test(path),
};

const acl = Template.of(
  (stack) =>
    void new WebFirewall(stack, 'waf', { name: 'prod-mlflow', loadBalancerArn: 'arn:aws:elasticloadbalancing:lb' }),
).resource('aws_wafv2_web_acl');
const counted = new Set(
  (acl.rule as { statement: { managed_rule_group_statement: { rule_action_override: { name: string }[] } } }[]).flatMap(
    ({ statement }) => statement.managed_rule_group_statement.rule_action_override.map(({ name }) => name),
  ),
);
const refusedBy = (request: Request) =>
  Object.entries(documented)
    .filter(([rule, matches]) => !counted.has(rule) && matches(request))
    .map(([rule]) => rule);

const artifacts = '/api/2.0/mlflow-artifacts/artifacts/1/0123456789abcdef0123456789abcdef/artifacts';
const runIds = Array.from({ length: 100 }, () => `run_ids=${'a'.repeat(32)}`).join('&');

it.each<[string, Request]>([
  ['an upload of a log', { path: `${artifacts}/train.log`, body: 'x'.repeat(100_000) }],
  ['an upload of a configuration', { path: `${artifacts}/model/settings.ini` }],
  ['a file whose name is almost as long as S3 allows', { path: `${artifacts}/${'deep/'.repeat(190)}weights.bin` }],
  ['a file of a Java project', { path: `${artifacts}/src/WEB-INF/web.xml`, body: 'java.lang.Runtime' }],
  ['the view of an artifact', { path: '/get-artifact', query: 'path=model%2Fsettings.conf&run_uuid=0123' }],
  ['the history of a hundred runs', { path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval', query: runIds }],
  ['a search of models', { path: '/api/2.0/mlflow/registered-models/search', query: "filter=name+ILIKE+'%25a%25'" }],
  ['a search of runs', { path: '/api/2.0/mlflow/runs/search', body: '{"filter": "metrics.rmse < 0.5"}' }],
  ['a page as an artifact', { path: `${artifacts}/report.html`, body: '<script>plot()</script>' }],
  ['a tag with an address', { path: '/api/2.0/mlflow/runs/set-tag', body: '{"value": "http://10.0.0.1/job/../7"}' }],
  [
    'a note on the metadata service',
    { path: '/api/2.0/mlflow/runs/set-tag', body: 'http://169.254.169.254 ${jndi:x}' },
  ],
  ['a session of the sign-on', { path: '/', cookie: 'AWSELBAuthSessionCookie-0='.padEnd(16_000, 'x') }],
])('lets %s pass', (_, request) => {
  expect(refusedBy(request)).toEqual([]);
});

it.each<[string, Request]>([
  ['a client without a name', { path: '/', userAgent: '' }],
  ['a way out of the folder', { path: '/get-artifact', query: 'path=../../etc/passwd' }],
  ['a script in a link', { path: '/', query: 'q=<script>alert(1)</script>' }],
  ['an attack on Log4j', { path: '/', query: 'q=${jndi:ldap://x}' }],
])('still refuses %s', (_, request) => {
  expect(refusedBy(request)).not.toEqual([]);
});

import type { ServerFleet, ServerInstance, TrackingLoadBalancer } from '@mlflow-on-aws/compute';
import { sizingText, type Environment, type ServerSizing } from '@mlflow-on-aws/config';
import type { ArtifactStoreBucket, DatabaseEndpoint } from '@mlflow-on-aws/foundation';
import { TerraformOutput, type TerraformStack } from 'cdktf';
import type { Machine } from './machine';
import type { Servers } from './servers';
import type { Stores } from './stores';

/** Tells where everything of an environment is, and the commands to use next. */
export function environmentOutputs(
  stack: TerraformStack,
  environment: Environment,
  { stores, machine, servers }: { readonly stores: Stores; readonly machine: Machine; readonly servers: Servers },
): void {
  const { database, region, server } = environment;
  const { adminSecretArn, logGroup, sizing } = machine.settings;
  storeOutputs(stack, stores.artifacts, stores.backend.endpoint);
  if (server.artifactServing === 'direct') directAccessOutput(stack, stores.artifacts.clientPolicy());
  if (adminSecretArn !== null) adminOutput(stack, region, adminSecretArn);
  logOutput(stack, region, logGroup);
  housekeepingOutput(stack);
  sizingOutput(stack, sizing);
  if (database.password === 'secrets-manager') passwordOutput(stack);
  if ('instance' in servers) instanceOutputs(stack, environment, servers.instance);
  else fleetOutputs(stack, environment, servers.loadBalancer, servers.fleet);
}

function output(stack: TerraformStack, name: string, description: string, value: string): void {
  new TerraformOutput(stack, name, { description, value, staticId: true });
}

function clientOutputs(stack: TerraformStack, trackingUri: string, hint: string): void {
  output(stack, 'tracking_uri', 'Tracking URI for MLflow clients', trackingUri);
  output(stack, 'ui_url', `Address of the MLflow UI${hint}`, trackingUri);
  output(
    stack,
    'client_environment',
    'Shell line that points MLflow clients at the server',
    `export MLFLOW_TRACKING_URI=${trackingUri}`,
  );
}

/** How to read the servers' log: anywhere when it is in a log group, otherwise in a shell on a server. */
function logOutput(stack: TerraformStack, region: string, logGroup: string | null): void {
  output(
    stack,
    'server_log_command',
    logGroup === null
      ? 'The server log, in a shell on a server'
      : 'The log of every server; a machine’s streams begin with its id',
    logGroup === null
      ? 'journalctl --unit mlflow --follow'
      : `aws logs tail ${logGroup} --region ${region} --since 1h --follow`,
  );
}

/** How to see what housekeeping would do, before it is configured and afterwards. */
function housekeepingOutput(stack: TerraformStack): void {
  output(
    stack,
    'housekeeping_preview_command',
    'Says what housekeeping would remove and move, and changes nothing; in a shell on a server',
    'sudo -u mlflow /opt/mlflow/venv/bin/python /opt/mlflow/current/housekeeping --dry-run ' +
      '--purge-deleted-after-days 30 --archive-traces-after-days 30',
  );
}

/** Where runs and artifacts are. */
function storeOutputs(
  stack: TerraformStack,
  artifactStore: ArtifactStoreBucket,
  { host, port }: DatabaseEndpoint,
): void {
  output(stack, 'artifact_bucket', 'S3 bucket of the artifact store', artifactStore.bucketName);
  output(stack, 'database_endpoint', 'Host and port of the backend store', `${host}:${port}`);
}

/** What clients need in AWS where artifacts do not pass through the server. */
function directAccessOutput(stack: TerraformStack, policy: string): void {
  output(stack, 'artifact_client_policy', 'IAM policy that clients need, as they go to S3 themselves', policy);
}

/** How the administrator learns the password that the first server made. */
function adminOutput(stack: TerraformStack, region: string, secretArn: string): void {
  output(
    stack,
    'admin_password_command',
    'Prints user name and password of the administrator, for whoever may read the secret',
    `aws secretsmanager get-secret-value --region ${region} --secret-id ${secretArn} --query SecretString --output text`,
  );
}

/** How the database's password is replaced before it is due, which any server does for all. */
function passwordOutput(stack: TerraformStack): void {
  output(
    stack,
    'rotate_password_command',
    'Replaces the password of the database at once, in a shell on any server',
    'sudo -u mlflow /opt/mlflow/venv/bin/python /opt/mlflow/current/rotate --now',
  );
}

function portForward(region: string, target: string, port: number): string {
  return (
    `aws ssm start-session --region ${region} --target ${target} --document-name AWS-StartPortForwardingSession ` +
    `--parameters portNumber=${port},localPortNumber=${port}`
  );
}

/** How to reach a single server, and the commands that do. */
function instanceOutputs(
  stack: TerraformStack,
  { region, server, access }: Environment,
  { instanceId, publicDns }: ServerInstance,
): void {
  // Nobody may reach the port itself until a range is named; the forwarded one works from the first day.
  const open = access.trackingCidrs.length > 0;
  clientOutputs(
    stack,
    open ? `http://${publicDns}:${server.port}` : `http://localhost:${server.port}`,
    '; open the port forward first when it is on localhost',
  );
  output(stack, 'server_instance_id', 'EC2 instance of the tracking server', instanceId);
  output(stack, 'server_public_dns', 'Public DNS name of the tracking server', publicDns);
  output(
    stack,
    'port_forward_command',
    'Makes the server answer on localhost, for whoever may start Session Manager sessions',
    portForward(region, instanceId, server.port),
  );
  output(
    stack,
    'shell_command',
    'A shell on the server',
    `aws ssm start-session --region ${region} --target ${instanceId}`,
  );
}

/** How to reach a fleet behind its load balancer, and the commands that do. */
function fleetOutputs(
  stack: TerraformStack,
  { region, loadBalancer, server }: Environment,
  { dnsName }: TrackingLoadBalancer,
  { autoScalingGroupName }: ServerFleet,
): void {
  clientOutputs(stack, `https://${loadBalancer?.domainName}`, '');
  if (loadBalancer?.oidc) {
    output(
      stack,
      'oidc_redirect_uri',
      'What the identity provider must send browsers back to',
      `https://${loadBalancer.domainName}/oauth2/idpresponse`,
    );
  }
  output(
    stack,
    'load_balancer_dns_name',
    'What the domain name must lead to, where no hosted zone is configured',
    dnsName,
  );
  output(stack, 'auto_scaling_group', 'Auto Scaling group of the servers', autoScalingGroupName);
  output(
    stack,
    'servers_command',
    'Lists the servers, whether they are healthy, and where they are',
    `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${autoScalingGroupName} ` +
      `--query 'AutoScalingGroups[].Instances[].[InstanceId,HealthStatus,AvailabilityZone]' --output table`,
  );
  output(
    stack,
    'port_forward_command',
    'Makes a server answer on localhost, by its id from servers_command: past the load balancer, for whoever may start Session Manager sessions',
    portForward(region, 'INSTANCE_ID', server.port),
  );
  output(
    stack,
    'shell_command',
    'A shell on a server, by its id from servers_command',
    `aws ssm start-session --region ${region} --target INSTANCE_ID`,
  );
}

/** What the servers were sized to. */
function sizingOutput(stack: TerraformStack, sizing: ServerSizing): void {
  output(
    stack,
    'server_sizing',
    'What follows from instance type and database class, or `server.sizing`',
    sizingText(sizing),
  );
}

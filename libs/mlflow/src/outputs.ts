import type { ServerInstance } from '@mlflow-on-aws/compute';
import type { Environment } from '@mlflow-on-aws/config';
import type { ArtifactStoreBucket, DatabaseEndpoint } from '@mlflow-on-aws/foundation';
import { TerraformOutput, type TerraformStack } from 'cdktf';

interface Parts {
  readonly environment: Environment;
  readonly artifactStore: ArtifactStoreBucket;
  readonly endpoint: DatabaseEndpoint;
  readonly instance: ServerInstance;
}

/** What a person needs after a deploy: where things are, and the commands that connect to them. */
export function connectionOutputs(
  stack: TerraformStack,
  { environment, artifactStore, endpoint, instance }: Parts,
): void {
  const { region, server, access } = environment;
  const direct = `http://${instance.publicDns}:${server.port}`;
  const forwarded = `http://localhost:${server.port}`;
  // Nobody may reach the port itself until a range is named; the forwarded one works from the first day.
  const trackingUri = access.trackingCidrs.length > 0 ? direct : forwarded;
  const output = (name: string, description: string, value: string) => {
    new TerraformOutput(stack, name, { description, value, staticId: true });
  };
  output('tracking_uri', 'Tracking URI for MLflow clients', trackingUri);
  output('ui_url', 'Address of the MLflow UI; open the port forward first when it is on localhost', trackingUri);
  output('artifact_bucket', 'S3 bucket of the artifact store', artifactStore.bucketName);
  output('database_endpoint', 'Host and port of the backend store', `${endpoint.host}:${endpoint.port}`);
  output('server_instance_id', 'EC2 instance of the tracking server', instance.instanceId);
  output('server_public_dns', 'Public DNS name of the tracking server', instance.publicDns);
  output(
    'client_environment',
    'Shell line that points MLflow clients at the server',
    `export MLFLOW_TRACKING_URI=${trackingUri}`,
  );
  output(
    'port_forward_command',
    'Makes the server answer on localhost, for whoever may start Session Manager sessions',
    `aws ssm start-session --region ${region} --target ${instance.instanceId} --document-name AWS-StartPortForwardingSession ` +
      `--parameters portNumber=${server.port},localPortNumber=${server.port}`,
  );
  output(
    'shell_command',
    'A shell on the server',
    `aws ssm start-session --region ${region} --target ${instance.instanceId}`,
  );
  output('server_log_command', 'The server log, in a shell on the server', 'journalctl --unit mlflow --follow');
}

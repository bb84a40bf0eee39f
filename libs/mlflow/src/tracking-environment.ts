import type { Environment } from '@mlflow-on-aws/config';
import { EnvironmentStack } from '@mlflow-on-aws/foundation';
import type { Construct } from 'constructs';
import { prepareMachine } from './machine';
import { placeNetwork } from './network';
import { environmentOutputs } from './outputs';
import { startServers } from './servers';
import { makeStores } from './stores';
import { watch } from './watch';

/** One MLflow tracking environment: network, artifact store, backend store and server, wired together. */
export class TrackingEnvironment extends EnvironmentStack {
  public constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, environment);
    const network = placeNetwork(this, 'network', environment);
    const stores = makeStores(this, environment, network.private);
    const machine = prepareMachine(this, environment, network, stores);
    const servers = startServers(this, environment, network, stores, machine);
    watch(this, 'observability', { environment, stores, servers });
    environmentOutputs(this, environment, { stores, machine, servers });
  }
}

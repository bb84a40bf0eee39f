/** What a tracking server must know, as JSON in /etc/mlflow/server.json. Nothing of it is secret. */
export interface ServerConfig {
  /** Name of the environment, for the log. */
  readonly environment: string;
  /** AWS region of the secret and the artifact store. */
  readonly region: string;
  /** TCP port to listen on. */
  readonly port: number;
  /** Seconds that the server keeps an idle connection: longer than the load balancer in front, so that it never closes first. */
  readonly keepAliveSeconds: number;
  /** The backend store. */
  readonly database: {
    /** DNS name that the database's certificate is issued for. */
    readonly host: string;
    /** DNS name of a read replica at the same port, which is read from; null where there is none. */
    readonly replicaHost: string | null;
    readonly port: number;
    /** PostgreSQL database. */
    readonly name: string;
    /** PostgreSQL user. */
    readonly user: string;
    /** Secrets Manager secret whose JSON holds `password`; read again whenever the database refuses it. */
    readonly passwordSecretArn: string;
    /** Days after which the servers replace the password; null where somebody else does. */
    readonly passwordRotationDays: number | null;
    /**
     * PostgreSQL role that logs in with IAM tokens, which the first server makes as the user above; null where that user logs in
     * with its password.
     */
    readonly iamUser: string | null;
  };
  /** The artifact store. */
  readonly artifacts: {
    readonly bucket: string;
    /** First part of every key. */
    readonly prefix: string;
    /** First part of the key of every trace that was moved out of the database. */
    readonly traceArchivePrefix: string;
    /** Whether the server passes artifacts on, signs URLs by which clients go to S3, or they go there with AWS keys of their own. */
    readonly mode: 'proxied' | 'presigned' | 'direct';
  };
  /** Host names beside localhost, private addresses and the machine's public DNS name that requests may name. */
  readonly allowedHosts: readonly string[];
  /** Origins, such as `https://mlflow.example.com`, whose pages may change things. */
  readonly corsAllowedOrigins: readonly string[];
  /** Whether the machine is reached by its own public DNS name, which it asks the instance metadata service for. */
  readonly publicDns: boolean;
  /**
   * Secrets Manager secret of MLflow's administrator, which the first server fills; null where anybody who reaches the server may
   * do anything.
   */
  readonly adminSecretArn: string | null;
  /** Secrets Manager secret of the keys by which MLflow encrypts what users give it; the first server fills it. */
  readonly keysSecretArn: string;
  /** TCP port that answers to Prometheus, beside that of the server; null for none. */
  readonly prometheusPort: number | null;
  /** CloudWatch log group that the machine's logs go to; null where they stay in its journal. */
  readonly logGroup: string | null;
  /** What is done once a day on one of the servers; null where nothing is. */
  readonly housekeeping: {
    /** When, such as `02:30`, UTC. */
    readonly at: string;
    /** Days after which deleted runs, models and experiments are removed for good; null for never. */
    readonly purgeDeletedAfterDays: number | null;
    /** Days after which traces are moved to the bucket; null for never. */
    readonly archiveTracesAfterDays: number | null;
  } | null;
  /** How much the server takes on. */
  readonly sizing: {
    /** Processes that serve requests. */
    readonly workers: number;
    /** Connections that each pool of a worker keeps open, and requests that a worker works on at once. */
    readonly poolSize: number;
    /** Connections that a pool may open beyond that for a while; never 0, which MLflow ignores. */
    readonly maxOverflow: number;
  };
}

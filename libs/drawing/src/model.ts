/** What a box stands for: chooses its colour and icon. */
export type Kind = 'people' | 'network' | 'compute' | 'database' | 'storage' | 'security' | 'monitoring' | 'internet';

/** A box with a title. */
export interface DrawnNode {
  /** Address of its resource, or a name of its own for what is no resource, such as clients. */
  readonly id: string;
  readonly kind: Kind;
  readonly title: string;
  readonly subtitle: string;
  /** The area it stands in; outside of the account when absent. */
  readonly parent?: string;
}

/** An area with boxes in it: the account, the VPC, the subnets of one kind. */
export interface DrawnArea {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly parent?: string;
  /** Addresses of the resources it stands for. */
  readonly addresses: readonly string[];
}

/** An arrow: traffic that a security group or a route allows, or a right that a role has. */
export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  readonly kind: 'traffic' | 'access';
  /** Addresses of the rules and policies it comes from. */
  readonly addresses: readonly string[];
}

/** What is drawn of a stack. */
export interface Architecture {
  readonly nodes: readonly DrawnNode[];
  readonly areas: readonly DrawnArea[];
  readonly edges: readonly DrawnEdge[];
}

/** The ids of boxes that are no resource. */
export const outside = {
  account: 'account',
  internet: 'internet',
  operators: 'operators',
  sessionManager: 'session-manager',
  secrets: 'secrets-manager',
  state: 'state-bucket',
  terraform: 'terraform',
} as const;

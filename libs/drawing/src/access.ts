import { outside, type DrawnEdge, type DrawnNode } from './model';
import { between, routeTables, subnetsOf } from './placement';
import { text, values, type Stack, type StackResource } from './stack';

/** Types whose policies are rights of the role they are attached to. */
const policyTypes = ['aws_iam_role_policy', 'aws_iam_policy'];

interface Found {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/** What the roles of servers may use: buckets (by their endpoint where there is one), secrets, Session Manager. */
export function accessEdges(stack: Stack, drawn: ReadonlySet<string>): Found {
  const found = stack.ofType(...policyTypes).flatMap((policy) => {
    const holders = holdersOf(stack, policy, drawn);
    return statementsOf(policy).flatMap((statement) => {
      const actions = [statement.Action].flat().map(String);
      return holders.map((holder) => used(stack, holder, policy, statement, actions));
    });
  });
  return { nodes: found.flatMap(({ nodes }) => nodes), edges: found.flatMap(({ edges }) => edges) };
}

function holdersOf(stack: Stack, policy: StackResource, drawn: ReadonlySet<string>): StackResource[] {
  const roles =
    policy.type === 'aws_iam_role_policy'
      ? stack.references(policy.values.role)
      : stack
          .ofType('aws_iam_role_policy_attachment')
          .filter((attachment) => stack.reach(attachment, 'aws_iam_policy').includes(policy))
          .flatMap((attachment) => stack.reach(attachment, 'aws_iam_role'));
  return [...stack.resources.values()].filter(
    (resource) =>
      drawn.has(resource.address) &&
      stack.reach(resource, 'aws_iam_role', between).some((role) => roles.includes(role)),
  );
}

function used(
  stack: Stack,
  holder: StackResource,
  policy: StackResource,
  statement: Readonly<Record<string, unknown>>,
  actions: readonly string[],
): Found {
  const services = new Set(actions.map((action) => action.split(':')[0]));
  const edge = (from: string, to: string, label: string): DrawnEdge => ({
    from,
    to,
    labels: [label],
    kind: 'access',
    addresses: [policy.address],
  });
  if (services.has('s3')) {
    const edges = stack
      .references(statement.Resource)
      .filter(({ type }) => type === 'aws_s3_bucket')
      .flatMap((bucket) => {
        const endpoint = endpointOf(stack, holder);
        if (endpoint === undefined) return [edge(holder.address, bucket.address, 'HTTPS 443')];
        return [
          edge(holder.address, endpoint.address, 'HTTPS 443'),
          edge(endpoint.address, bucket.address, rights(actions)),
        ];
      });
    return { nodes: [], edges };
  }
  if (services.has('secretsmanager')) {
    return secretsOf(stack, statement).reduce<Found>(
      ({ nodes, edges }, secret) => ({
        nodes: secret.node === undefined ? nodes : [...nodes, secret.node],
        edges: [...edges, edge(holder.address, secret.id, 'HTTPS 443')],
      }),
      { nodes: [], edges: [] },
    );
  }
  if (services.has('ssmmessages')) {
    return {
      nodes: [operators, sessionManager],
      edges: [
        { from: outside.operators, to: outside.sessionManager, labels: ['IAM'], kind: 'access', addresses: [] },
        edge(outside.sessionManager, holder.address, 'port forward'),
      ],
    };
  }
  return { nodes: [], edges: [] };
}

const operators: DrawnNode = { id: outside.operators, kind: 'people', title: 'Operators', subtitle: 'AWS credentials' };
const sessionManager: DrawnNode = {
  id: outside.sessionManager,
  kind: 'security',
  title: 'Session Manager',
  subtitle: 'no open port',
  parent: outside.account,
};

/** A secret is a resource of the stack, or the one that RDS makes for a database. */
function secretsOf(
  stack: Stack,
  statement: Readonly<Record<string, unknown>>,
): { readonly id: string; readonly node?: DrawnNode }[] {
  return stack.references(statement.Resource).flatMap((resource) => {
    if (resource.type === 'aws_secretsmanager_secret') return [{ id: resource.address }];
    if (resource.type !== 'aws_db_instance') return [];
    const node: DrawnNode = {
      id: outside.secrets,
      kind: 'security',
      title: 'Secrets Manager',
      subtitle: 'database password, rotated',
      parent: outside.account,
    };
    return [{ id: node.id, node }];
  });
}

/** The gateway endpoint for S3 in the route tables of a server's subnet. */
function endpointOf(stack: Stack, holder: StackResource): StackResource | undefined {
  const tables = subnetsOf(stack, holder).flatMap((subnet) => routeTables(stack, subnet));
  return stack
    .ofType('aws_vpc_endpoint')
    .find(
      (endpoint) =>
        text(endpoint.values.service_name)?.endsWith('.s3') &&
        stack.reach(endpoint, 'aws_route_table').some((table) => tables.includes(table)),
    );
}

/** Empty for listing alone: it adds nothing to a right to read. */
function rights(actions: readonly string[]): string {
  const may = (verb: RegExp): boolean => actions.some((action) => action.endsWith(':*') || verb.test(action));
  const words = [may(/:Get/) && 'read', may(/:Put/) && 'write', may(/:Delete/) && 'delete'].filter(Boolean);
  return words.join(', ');
}

function statementsOf(policy: StackResource): Readonly<Record<string, unknown>>[] {
  try {
    return [values(JSON.parse(String(policy.values.policy))).Statement].flat().map(values);
  } catch {
    // A policy that is only known at apply says nothing yet.
    return [];
  }
}

import type { Stack, StackResource } from './stack';

/** Types that stand between a resource and its subnets, security groups and role. */
export const between = ['aws_db_subnet_group', 'aws_launch_template', 'aws_iam_instance_profile'];

/** The gateway by which the members of a subnet reach the internet; undefined when they cannot. */
export function internetRoute(stack: Stack, subnet: StackResource): StackResource | undefined {
  const tables = routeTables(stack, subnet);
  const route = stack
    .ofType('aws_route')
    .find(
      (candidate) =>
        candidate.values.destination_cidr_block === '0.0.0.0/0' &&
        stack.reach(candidate, 'aws_route_table').some((table) => tables.includes(table)),
    );
  return route && [...stack.reach(route, 'aws_internet_gateway'), ...stack.reach(route, 'aws_nat_gateway')][0];
}

/** The route tables that a subnet is associated with. */
export function routeTables(stack: Stack, subnet: StackResource): StackResource[] {
  return stack
    .ofType('aws_route_table_association')
    .filter((association) => stack.reach(association, 'aws_subnet').includes(subnet))
    .flatMap((association) => stack.reach(association, 'aws_route_table'));
}

/** The subnets that a resource's network interfaces stand in. */
export function subnetsOf(stack: Stack, resource: StackResource): StackResource[] {
  return stack.reach(resource, 'aws_subnet', between);
}

import { architectureOf, drawArchitecture, Stack, type Architecture, type ChangeAction } from './index';
import { production } from './spec-stacks';

const title = 'MLflow on AWS: prod';
const servers = 'aws_autoscaling_group.servers';
const primary = 'aws_db_instance.primary';

const arrows = ({ edges }: Architecture): Record<string, string> =>
  Object.fromEntries(edges.map(({ from, to, labels }) => [`${from} -> ${to}`, labels.join(', ')]));

describe('architectureOf', () => {
  const architecture = architectureOf(new Stack(production()));

  it('finds who may reach whom in the rules, routes and policies, and nothing else', () => {
    expect(arrows(architecture)).toEqual({
      'internet -> aws_lb.balancer': 'HTTPS 443',
      [`aws_lb.balancer -> ${servers}`]: 'TCP 5000',
      [`${servers} -> ${primary}`]: 'PostgreSQL 5432',
      [`${servers} -> aws_db_instance.replica`]: 'PostgreSQL 5432',
      [`${primary} -> aws_db_instance.replica`]: 'replicates',
      [`${servers} -> aws_nat_gateway.nat`]: 'HTTPS 443',
      'aws_nat_gateway.nat -> aws_internet_gateway.gateway': '',
      [`${servers} -> aws_vpc_endpoint.s3`]: 'HTTPS 443',
      'aws_vpc_endpoint.s3 -> aws_s3_bucket.artifacts': 'read, write',
      [`${servers} -> aws_secretsmanager_secret.password`]: 'HTTPS 443',
      'operators -> session-manager': 'IAM',
      [`session-manager -> ${servers}`]: 'port forward',
      'aws_wafv2_web_acl.firewall -> aws_lb.balancer': 'filters',
      'terraform -> state-bucket': 'state and lock',
    });
  });

  it('calls subnets by where their route leads, and puts everything where its interfaces are', () => {
    const parents = Object.fromEntries(architecture.nodes.map(({ id, parent }) => [id, parent]));
    expect(parents).toMatchObject({
      'aws_lb.balancer': 'aws_vpc.network/Public subnets',
      'aws_nat_gateway.nat': 'aws_vpc.network/Public subnets',
      [servers]: 'aws_vpc.network/Private subnets, out through NAT',
      [primary]: 'aws_vpc.network/Private subnets, out through NAT',
      'aws_s3_bucket.artifacts': 'account',
      'aws_internet_gateway.gateway': 'aws_vpc.network',
      internet: undefined,
    });
  });

  it('reaches the bucket directly where no endpoint is in the route tables', () => {
    const stack = production();
    (stack.resource as Record<string, unknown>).aws_vpc_endpoint = {};
    expect(arrows(architectureOf(new Stack(stack)))).toMatchObject({
      [`${servers} -> aws_s3_bucket.artifacts`]: 'HTTPS 443',
    });
  });

  it('groups the subnets of a network that was there by what stands in them: it knows no route of theirs', () => {
    const stack = JSON.parse(JSON.stringify(production()).replaceAll(/\$\{(aws_(vpc|subnet)\.)/g, '${data.$1'));
    const subnets = Object.keys(stack.resource.aws_subnet).map((name) => [name, { id: `subnet-${name}` }]);
    stack.data = { aws_vpc: { network: { id: 'vpc-1' } }, aws_subnet: Object.fromEntries(subnets) };
    for (const type of ['vpc', 'subnet', 'nat_gateway', 'route', 'route_table_association']) {
      Reflect.deleteProperty(stack.resource, `aws_${type}`);
    }
    const { areas, nodes } = architectureOf(new Stack(stack));
    expect(areas.map(({ title, subtitle }) => `${title}: ${subtitle}`)).toEqual([
      expect.stringMatching(/^AWS/),
      'VPC that was there: vpc-1',
      'Subnets: subnet-private-1  ·  subnet-private-2',
      'Subnets: subnet-public-1  ·  subnet-public-2',
    ]);
    const areaOf = (id: string) => nodes.find((node) => node.id === id)?.parent;
    expect(areaOf(servers)).toBe(areaOf(primary));
    expect(areaOf('aws_lb.balancer')).not.toBe(areaOf(servers));
  });

  it('draws an empty stack and one of unknown types', () => {
    for (const stack of [{}, { resource: { aws_something_new: { thing: { of: '${aws_gone.thing.id}' } } } }]) {
      expect(architectureOf(new Stack(stack))).toMatchObject({ nodes: [], edges: [] });
    }
  });
});

describe('drawArchitecture', () => {
  const draw = (changes?: Record<string, ChangeAction>) =>
    drawArchitecture(production(), { title, changes: changes && new Map(Object.entries(changes)) });

  it('is the same for the same stack, in whatever order its resources come', async () => {
    const { resource, ...rest } = production();
    const reversed = { ...rest, resource: Object.fromEntries(Object.entries(resource as object).reverse()) };
    const [one, other] = await Promise.all([draw(), drawArchitecture(reversed, { title })]);
    expect(other.svg).toBe(one.svg);
  });

  it('is a document of its own: text as text, no font, script, picture or address fetched', async () => {
    const { svg } = await draw();
    expect(svg).toMatch(/<text[^>]*>prod-mlflow-backend-db<\/text>/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<image|<script|@import|@font-face/);
  });

  it('gives every box a place of its own', async () => {
    const { svg } = await draw();
    const boxes = [...svg.matchAll(/class="card" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
      (found) => found.slice(1).map(Number) as [number, number, number, number],
    );
    expect(boxes.length).toBe(architectureOf(new Stack(production())).nodes.length);
    boxes.forEach(([x, y, width, height], index) =>
      boxes.slice(index + 1).forEach(([x2, y2, width2, height2]) => {
        expect(x + width <= x2 || x2 + width2 <= x || y + height <= y2 || y2 + height2 <= y).toBe(true);
      }),
    );
  });

  it('marks nothing when nothing changes', async () => {
    const { svg, undrawn } = await draw();
    expect(svg).not.toContain('class="badge"');
    expect(undrawn).toEqual([]);
  });

  it('marks a box, an area and an arrow by what happens to them', async () => {
    const { svg, undrawn } = await draw({
      [primary]: 'replace',
      'aws_subnet.public-1': 'update',
      'aws_vpc_security_group_ingress_rule.https-from-everywhere': 'create',
    });
    expect(svg).toMatch(/<g class="node database replace">.*prod-mlflow-backend-db<.*±/);
    expect(svg).toMatch(/<g class="area depth2 update">/);
    expect(svg).toMatch(/<path class="line traffic create"[^>]*url\(#arrow-create\)/);
    expect(svg).toContain('+ HTTPS 443');
    expect(undrawn).toEqual([]);
  });

  it.each([
    ['aws_s3_bucket_versioning.artifacts', 'node storage update'],
    ['aws_launch_template.server', 'node compute update'],
    ['aws_security_group.balancer', 'node network update'],
    ['aws_db_subnet_group.database', 'node database update'],
    ['aws_iam_role.server', 'node compute update'],
  ])('shows a change of %s on the box it belongs to', async (address, marked) => {
    const { svg } = await draw({ [address]: 'create' });
    expect([...svg.matchAll(/<g class="(node[^"]* (?:create|update))">/g)].map(([, found]) => found)).toEqual([marked]);
  });

  it('names what changes and is not in the picture', async () => {
    const { svg, undrawn } = await draw({ 'aws_instance.old': 'delete', [primary]: 'update' });
    expect(undrawn).toEqual(['aws_instance.old']);
    expect(svg).toContain('Changed too, but not drawn: aws_instance.old');
  });

  it('keeps markup in names from being markup', async () => {
    const { svg } = await drawArchitecture(
      { resource: { aws_s3_bucket: { b: { bucket: '<script>&"' } } } },
      { title: '<b>' },
    );
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain('&#60;script&#62;&#38;&#34;');
  });
});

/** A synthesized stack, as cdktf writes it into `cdk.tf.json`. */
export interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Something that is drawn as a box. */
export interface Part {
  readonly id: string;
  readonly title: string;
  /** A second, smaller line. */
  readonly detail: string;
  readonly place: 'outside' | 'public' | 'private' | 'region';
}

/** Who may reach whom. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** What a stack is made of, and who may reach whom in it. */
export interface Architecture {
  readonly vpc: string;
  readonly parts: readonly Part[];
  readonly ways: readonly Way[];
}

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Reads the architecture out of a synthesized stack: every box and every arrow follows from a resource.
 * Resource types that say nothing about it are left out.
 */
export function architectureOf(stack: SynthesizedStack): Architecture {
  const resources = Object.entries(stack.resource ?? {}).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, body]): Resource => ({ address: `${type}.${name}`, type, body })),
  );
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const subnetKind = (references: readonly string[]) => {
    const publicTables = ofType('aws_route')
      .filter(({ body }) => body.gateway_id !== undefined)
      .flatMap(({ body }) => referencesIn(body.route_table_id));
    const publicSubnets = ofType('aws_route_table_association')
      .filter(({ body }) => referencesIn(body.route_table_id).some((table) => publicTables.includes(table)))
      .flatMap(({ body }) => referencesIn(body.subnet_id));
    return references.some((subnet) => publicSubnets.includes(subnet)) ? 'public' : 'private';
  };

  const parts: Part[] = [
    ...ofType('aws_instance').map(({ address, body }) => ({
      id: address,
      title: 'Tracking server',
      detail: `EC2 ${text(body.instance_type)}`,
      place: subnetKind(referencesIn(body.subnet_id)) as Part['place'],
    })),
    ...ofType('aws_db_instance').map(({ address, body }) => {
      const groups = referencesIn(body.db_subnet_group_name);
      const subnets = ofType('aws_db_subnet_group')
        .filter((group) => groups.includes(group.address))
        .flatMap((group) => referencesIn(group.body.subnet_ids));
      return {
        id: address,
        title: 'Backend store',
        detail: `RDS PostgreSQL ${text(body.engine_version)}, ${text(body.instance_class)}`,
        place: subnetKind(subnets) as Part['place'],
      };
    }),
    ...ofType('aws_s3_bucket').map(({ address, body }) => ({
      id: address,
      title: 'Artifact store',
      detail: `S3 ${text(body.bucket_prefix ?? body.bucket)}…`,
      place: 'region' as const,
    })),
    ...ofType('aws_db_instance')
      .filter(({ body }) => body.manage_master_user_password === true)
      .map(({ address }) => ({
        id: `${address}.secret`,
        title: 'Password',
        detail: 'Secrets Manager, made and rotated by RDS',
        place: 'region' as const,
      })),
  ];

  const ways: Way[] = [];
  const outside = (id: string, title: string, detail: string) => {
    if (!parts.some((part) => part.id === id)) parts.push({ id, title, detail, place: 'outside' });
    return id;
  };
  const guarded = (groups: readonly string[]) =>
    resources
      .filter(({ body }) => referencesIn(body.vpc_security_group_ids).some((group) => groups.includes(group)))
      .map(({ address }) => address)
      .filter((address) => parts.some((part) => part.id === address));

  for (const { body } of ofType('aws_vpc_security_group_ingress_rule')) {
    const port = text(body.from_port);
    const sources =
      body.referenced_security_group_id !== undefined
        ? guarded(referencesIn(body.referenced_security_group_id))
        : body.prefix_list_id !== undefined
          ? [outside('instance-connect', 'EC2 Instance Connect', 'the "Connect" button')]
          : [outside(`range ${text(body.cidr_ipv4)}`, 'MLflow clients', text(body.cidr_ipv4))];
    for (const to of guarded(referencesIn(body.security_group_id))) {
      for (const from of sources) ways.push({ from, to, label: `${port} ${purposeOf(port)}`.trim() });
    }
  }

  // Rights of the role that an instance carries are ways too.
  for (const instance of ofType('aws_instance')) {
    const profiles = referencesIn(instance.body.iam_instance_profile);
    const roles = ofType('aws_iam_instance_profile')
      .filter(({ address }) => profiles.includes(address))
      .flatMap(({ body }) => referencesIn(body.role));
    const policies = ofType('aws_iam_role_policy').filter(({ body }) =>
      referencesIn(body.role).some((role) => roles.includes(role)),
    );
    for (const { body } of policies) {
      const policy = text(body.policy);
      for (const target of referencesIn(policy)) {
        if (target.startsWith('aws_s3_bucket.') && policy.includes('s3:PutObject')) {
          ways.push({ from: instance.address, to: target, label: '443 artifacts' });
        }
        if (target.startsWith('aws_db_instance.')) {
          ways.push({ from: instance.address, to: `${target}.secret`, label: '443 password' });
        }
      }
      if (policy.includes('ssmmessages:')) {
        ways.push({
          from: outside('session-manager', 'Session Manager', 'port forward and shell, no open port'),
          to: instance.address,
          label: 'for whoever IAM lets',
        });
      }
    }
  }
  return { vpc: text(ofType('aws_vpc')[0]?.body.cidr_block), parts, ways: unique(ways) };
}

function referencesIn(value: unknown): string[] {
  const matches = (typeof value === 'string' ? value : JSON.stringify(value ?? '')).matchAll(
    /\$\{([a-z0-9_]+\.[\w-]+)/g,
  );
  return [...new Set([...matches].map(([, address]) => address as string))];
}

function purposeOf(port: string): string {
  return { '22': 'SSH', '80': 'HTTP', '443': 'HTTPS', '5000': 'tracking', '5432': 'PostgreSQL, TLS' }[port] ?? '';
}

function text(value: unknown): string {
  return value === undefined ? '' : String(value);
}

function unique(ways: readonly Way[]): Way[] {
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}

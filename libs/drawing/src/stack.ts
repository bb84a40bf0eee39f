type Values = Readonly<Record<string, unknown>>;

/** One resource or data source of a synthesized stack. */
export interface StackResource {
  /** Terraform's address, such as `aws_vpc.network`; data sources start with `data.`. */
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

/** A synthesized stack as a graph: resources by address, and which of them each one refers to. */
export class Stack {
  public readonly resources: ReadonlyMap<string, StackResource>;
  private readonly backend: Values;

  /** @param json the parsed `cdk.tf.json` of a stack */
  public constructor(json: unknown) {
    const root = values(json);
    const all = (section: unknown, prefix: string): StackResource[] =>
      Object.entries(values(section)).flatMap(([type, blocks]) =>
        Object.entries(values(blocks)).map(([name, block]) => ({
          address: `${prefix}${type}.${name}`,
          type,
          values: values(block),
        })),
      );
    this.resources = new Map(
      [...all(root.resource, ''), ...all(root.data, 'data.')]
        .sort((a, b) => (a.address < b.address ? -1 : 1))
        .map((resource) => [resource.address, resource]),
    );
    this.backend = values(values(values(root.terraform).backend).s3);
    const provider = values([values(root.provider).aws].flat()[0]);
    this.region = text(provider.region);
    this.accountId = text([provider.allowed_account_ids].flat()[0]);
  }

  /** Region of the provider, when it is a constant. */
  public readonly region: string | undefined;
  /** Account that the provider insists on. */
  public readonly accountId: string | undefined;

  /** Bucket that keeps the Terraform state. */
  public get stateBucket(): string | undefined {
    return text(this.backend.bucket);
  }

  /** Every resource of the types given, in the order of their addresses. */
  public ofType(...types: readonly string[]): StackResource[] {
    return [...this.resources.values()].filter(
      ({ address, type }) => types.includes(type) && !address.startsWith('data.'),
    );
  }

  /** As `ofType`, with those that were there already and are only looked up. */
  public existingOrOfType(type: string): StackResource[] {
    return [...this.resources.values()].filter((resource) => resource.type === type);
  }

  /** The resources that a value refers to, each once, in the order in which it names them. */
  public references(value: unknown): StackResource[] {
    const found = new Set<StackResource>();
    const visit = (part: unknown): void => {
      if (typeof part === 'string' && part.includes('${')) {
        for (const [, address = ''] of part.matchAll(/((?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z0-9_-]+)/g)) {
          const resource = this.resources.get(address);
          if (resource !== undefined) found.add(resource);
        }
      } else if (typeof part === 'object' && part !== null) {
        Object.values(part).forEach(visit);
      }
    };
    visit(value);
    return [...found];
  }

  /** The resources of one type that `from` refers to, directly or by way of the types in `via`. */
  public reach(from: StackResource, type: string, via: readonly string[] = []): StackResource[] {
    const direct = this.references(from.values).filter((resource) => resource !== from);
    const found = direct.flatMap((resource) => {
      if (resource.type === type) return [resource];
      return via.includes(resource.type) ? this.reach(resource, type, without(via, resource.type)) : [];
    });
    return [...new Set(found)];
  }
}

/** The object that a value should be; a block that Terraform lets stand alone or in a list is taken as it is. */
export function values(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** A constant text or number; what Terraform only knows later is left out. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && !value.includes('${') ? value : undefined;
}

function without(list: readonly string[], item: string): string[] {
  return list.filter((other) => other !== item);
}

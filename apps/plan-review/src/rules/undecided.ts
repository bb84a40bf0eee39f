import { isMarked, isObject, markOf } from '../diff/marks';

/** Attributes that decide who gets in, by type: worth reading in the source where only AWS knows them. */
export const deciding: readonly { readonly types: RegExp; readonly attributes: readonly string[] }[] = [
  {
    types: /^aws_security_group_rule$|_ingress_rule$/,
    attributes: ['cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6', 'prefix_list_ids', 'prefix_list_id'],
  },
  { types: /^aws_(default_)?security_group$/, attributes: ['ingress'] },
  { types: /^aws_ec2_managed_prefix_list(_entry)?$/, attributes: ['entry', 'cidr'] },
  { types: /^aws_lightsail_instance_public_ports$/, attributes: ['port_info'] },
  { types: /^aws_workspaces_ip_group$/, attributes: ['rules'] },
  { types: /^aws_eks_cluster$/, attributes: ['vpc_config'] },
  { types: /^aws_iam_role$/, attributes: ['assume_role_policy', 'inline_policy'] },
  { types: /_policy$/, attributes: ['policy', 'resource_policy', 'access_policies', 'access_policy'] },
  { types: /./, attributes: ['access_policies', 'resource_policy', 'policy'] },
];

/** Which parts of a block decide. */
const insideBlocks =
  /^(cidrs?|cidr_blocks|ipv6_cidr_blocks|ipv6_cidrs|prefix_list_ids|public_access_cidrs|policy|source)$/;

/** What decides who gets in, but is known only after apply, as sentences. */
export function undecided(
  type: string,
  unknown: object,
  configured: ReadonlySet<string> | undefined,
  isUpdate: boolean,
): string[] {
  return attributesOf(type).flatMap((name) => {
    const mark = markOf(unknown, name);
    if (!isMarked(mark)) return [];
    // Where the source says nothing AWS fills in its default; without the source, only types made for it count.
    if (mark === true) {
      // What is already there keeps its value, unless the source sets another.
      const isMeant =
        isUpdate ||
        (configured?.has(name) ?? (name !== 'ingress' && /_policy$|_rule$|_entry$|^aws_iam_role$/.test(type)));
      return isMeant ? [said(name)] : [];
    }
    return [...new Set(inside(mark))].map((part) => said(`${name}.${part}`));
  });
}

const byType = new Map<string, readonly string[]>();

function attributesOf(type: string): readonly string[] {
  const names = byType.get(type) ?? [
    ...new Set(deciding.flatMap(({ types, attributes }) => (types.test(type) ? attributes : []))),
  ];
  byType.set(type, names);
  return names;
}

function inside(mark: unknown): string[] {
  if (Array.isArray(mark)) return mark.flatMap(inside);
  if (!isObject(mark)) return [];
  return Object.entries(mark).flatMap(([key, inner]) =>
    insideBlocks.test(key) ? (isMarked(inner) ? [key] : []) : inside(inner),
  );
}

const said = (name: string): string => `${name} is known only after apply: read it in the source`;

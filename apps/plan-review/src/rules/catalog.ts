import { sharing } from './doors';
import { expiring } from './expiry';
import { administratorPolicies } from './gained';
import { guards, parts } from './guards';
import { ingressTypes } from './ingress';
import { parameters } from './parameters';
import { escalating } from './policies';
import { limitingKeys } from './policies/conditions';
import { providers } from './policies/trust';
import { statefulTypes } from './stateful';
import { deciding } from './undecided';

/** One row of the table of rules. */
export interface Rule {
  readonly kind: string;
  /** Resource types; empty for every type. */
  readonly types: readonly string[];
  readonly attributes: readonly string[];
  /** What the value or the change is. */
  readonly when: string;
  readonly says: string;
  readonly verdict: 'refused' | 'notice';
  /** The file of tests, in `src/rules`. */
  readonly tests: string;
}

const policy = { types: [], attributes: ['every attribute that holds a policy'], tests: 'policies/policies.spec.ts' };
const doors = { tests: 'doors.spec.ts' };

/** Every rule, made from the tables and code that judge. */
export const rules: readonly Rule[] = [
  ...Object.entries(statefulTypes.lost).map(([type, lost]): Rule => ({
    kind: 'loss by a destroy',
    types: [type],
    attributes: [],
    when: 'destroyed or replaced',
    says: `lost: ${lost}`,
    verdict: 'refused',
    tests: 'stateful/stateful.spec.ts',
  })),
  ...Object.entries(statefulTypes.perhaps).map(([type, lost]): Rule => ({
    kind: 'loss by a destroy, perhaps',
    types: [type],
    attributes: [],
    when: 'destroyed or replaced',
    says: `what may be lost: ${lost}`,
    verdict: 'notice',
    tests: 'stateful/stateful.spec.ts',
  })),
  {
    kind: 'loss by a destroy, perhaps',
    types: ['types that nobody judged'],
    attributes: [],
    when: 'destroyed or replaced, and the name or an attribute is one of what holds data',
    says: 'it may hold data that is lost',
    verdict: 'notice',
    tests: 'stateful/stateful.spec.ts',
  },
  ...guards.map(({ kind, types = [], attributes, strength, atStart, refused, text }): Rule => ({
    kind,
    types,
    attributes,
    when: `${strength.worse}${atStart === true || refused === true ? '; from the start too' : ''}`,
    says: text,
    verdict: refused === true ? 'refused' : 'notice',
    tests: 'guards/guards.spec.ts',
  })),
  {
    kind: 'loss without a destroy',
    types: Object.keys(expiring),
    attributes: ['rules that expire'],
    when: 'new, sooner, or of more',
    says: 'objects, versions, images or records are deleted',
    verdict: 'notice',
    ...doors,
  },
  ...parts.map(({ types, text, refused }): Rule => ({
    kind: 'guard removed',
    types,
    attributes: [],
    when: 'destroyed, and what it guards is not',
    says: text,
    verdict: refused === true ? 'refused' : 'notice',
    ...doors,
  })),
  ...parameters.map(({ name, types }): Rule => ({
    kind: 'TLS',
    types: [types.source.replace(/[\^$]/g, '')],
    attributes: [`parameter ${name}`],
    when: 'off',
    says: 'the database accepts connections without TLS',
    verdict: 'notice',
    tests: 'guards/guards.spec.ts',
  })),
  ...(['refused', 'notice'] as const).map((verdict): Rule => ({
    kind: 'network',
    types: ingressTypes,
    attributes: ['addresses, ports, protocols'],
    when:
      verdict === 'refused' ? 'the whole internet, which was not let in before' : 'others who were not let in before',
    says: verdict === 'refused' ? 'lets in the whole internet' : 'lets in …',
    verdict,
    tests: 'security.spec.ts',
  })),
  {
    kind: 'network',
    types: ['aws_eks_cluster'],
    attributes: ['vpc_config.endpoint_public_access', 'vpc_config.public_access_cidrs'],
    when: 'on with 0.0.0.0/0, also where nothing is said',
    says: 'the API of the cluster is open',
    verdict: 'refused',
    ...doors,
  },
  {
    kind: 'public',
    types: ['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block'],
    attributes: ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'],
    when: 'off or absent; from the start too',
    says: 'the public access block is off',
    verdict: 'refused',
    tests: 'security.spec.ts',
  },
  {
    kind: 'public',
    types: [],
    attributes: ['*acl*', 'grant.uri', 'access_control_policy'],
    when: 'public-read, public-read-write, authenticated-read, AllUsers, AuthenticatedUsers',
    says: 'is readable by anyone',
    verdict: 'refused',
    ...doors,
  },
  {
    kind: 'public',
    types: ['aws_lambda_permission'],
    attributes: ['principal'],
    when: '* with no source, account or organisation; a notice with AWS_IAM, and for a service of AWS',
    says: 'anyone may call the function',
    verdict: 'refused',
    ...doors,
  },
  {
    kind: 'network',
    types: ['aws_eks_node_group'],
    attributes: ['remote_access'],
    when: 'a key, and no security groups from which it may be used',
    says: 'port 22 of the nodes is open to the internet',
    verdict: 'refused',
    ...doors,
  },
  {
    kind: 'network',
    types: ['aws_lightsail_instance'],
    attributes: [],
    when: 'new',
    says: 'Lightsail opens ports 22 and 80 of a new machine to the internet',
    verdict: 'notice',
    ...doors,
  },
  {
    kind: 'public',
    types: ['aws_opensearchserverless_security_policy'],
    attributes: ['policy'],
    when: 'AllowFromPublic',
    says: 'collections are open to the internet',
    verdict: 'refused',
    ...doors,
  },
  ...Object.entries(sharing).map(([type, attributes]): Rule => ({
    kind: 'public',
    types: [type],
    attributes,
    when: 'another account',
    says: 'is shared with …',
    verdict: 'notice',
    ...doors,
  })),
  {
    ...policy,
    kind: 'policy',
    when: `everybody, with no condition on one of: ${limitingKeys.join(', ')}`,
    says: 'anyone may …',
    verdict: 'refused',
  },
  {
    ...policy,
    kind: 'policy',
    when: `a new policy with *, SERVICE:*, NotAction, NotResource, or on everything: ${escalating.join(', ')}`,
    says: 'allows …',
    verdict: 'notice',
  },
  { ...policy, kind: 'policy', when: 'allows what it did not', says: 'allows …', verdict: 'notice' },
  { ...policy, kind: 'policy', when: 'a Deny is gone or narrower', says: 'no longer denies …', verdict: 'notice' },
  {
    ...policy,
    kind: 'policy',
    attributes: ['every attribute that names a managed policy, but a boundary'],
    when: `new; an administrator: ${administratorPolicies}`,
    says: 'gains the policy …',
    verdict: 'notice',
  },
  ...providers.map(({ host, who, world }): Rule => ({
    ...policy,
    kind: 'OIDC trust',
    types: ['aws_iam_role'],
    attributes: ['assume_role_policy'],
    when: `${host}: no condition says whose token, or one that names nobody`,
    says: `${who} may assume the role`,
    verdict: world ? 'refused' : 'notice',
  })),
  ...deciding.map(({ types, attributes }): Rule => ({
    kind: 'known after apply',
    types: types.source === '.' ? [] : [types.source.replace(/[\^$]/g, '')],
    attributes,
    when: 'known only after apply',
    says: 'read it in the source',
    verdict: 'notice',
    ...doors,
  })),
  {
    kind: 'left behind',
    types: [],
    attributes: [],
    when: 'replaced by create and forget',
    says: 'the old one stays in AWS, no longer managed here and still on the bill',
    verdict: 'notice',
    tests: 'security.spec.ts',
  },
];

/** Every rule as a Markdown table. */
export function rulesTable(): string {
  const cells = rules.map(({ kind, types, attributes, when, says, verdict }) => [
    kind,
    types.length === 0 ? 'every type' : types.join(', '),
    attributes.join(', '),
    when,
    says,
    verdict,
  ]);
  const { sources } = statefulTypes;
  const from = sources.map(({ name, version, date, what }) => `${name} ${version} of ${date} (${what})`).join('; ');
  return `${table(['Kind', 'Types', 'Attributes', 'When', 'Says', 'Verdict'], cells)}\n\nStateful types from ${from}.`;
}

/** The kinds of rules as a Markdown table, with how many rules, types and attributes each has. */
export function kindsTable(): string {
  const kinds = [...new Set(rules.map(({ kind }) => kind))];
  const cells = kinds.map((kind) => {
    const own = rules.filter((rule) => rule.kind === kind);
    const count = (of: (rule: Rule) => readonly string[]): string => {
      const named = new Set(own.flatMap(of)).size;
      return own.some((rule) => of === typesOf && rule.types.length === 0) ? `${named} and every other` : String(named);
    };
    const tests = [...new Set(own.map((rule) => `\`${rule.tests}\``))].join(', ');
    const verdicts = [...new Set(own.map(({ verdict }) => verdict))].join(', ');
    return [kind, String(own.length), count(typesOf), count(({ attributes }) => attributes), verdicts, tests];
  });
  return table(['Kind', 'Rules', 'Types or patterns', 'Attributes', 'Verdict', 'Tests in `src/rules`'], cells);
}

const typesOf = ({ types }: Rule): readonly string[] => types;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

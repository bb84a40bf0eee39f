import { parsePlan } from '@mlflow-on-aws/plan';
import { review } from '../review';
import { now } from '../testing/plans';

interface Drifted {
  readonly type: string;
  readonly before: object;
  readonly after: object | null;
  /** What the source sets. */
  readonly source?: object;
  /** Other resources of the plan. */
  readonly beside?: readonly { readonly type: string; readonly values: object }[];
}

/** What of a change outside Terraform the review calls drift: attribute and findings. */
function driftOf({ type, before, after, source = {}, beside = [] }: Drifted): { keys: string[]; findings: string[] } {
  const change = { actions: [after === null ? 'delete' : 'update'], before, after };
  const plan = parsePlan(
    JSON.stringify({
      format_version: '1.2',
      planned_values: {
        root_module: {
          resources: beside.map((other, index) => ({
            ...other,
            address: `${other.type}.r${index}`,
            name: `r${index}`,
          })),
        },
      },
      resource_drift: [{ address: `${type}.it`, type, name: 'it', change }],
      configuration: { root_module: { resources: [{ address: `${type}.it`, expressions: source }] } },
    }),
    'plan.json',
  );
  const [found] = review([{ environment: 'prod', plan }], { now }).environments[0]!.drift;
  return {
    keys: found === undefined ? [] : Object.keys((found.resource.change.after ?? { everything: 1 }) as object),
    findings: found?.findings.map(({ text }) => text) ?? [],
  };
}

describe('drift', () => {
  it('is an attribute of the source that is another one now', () => {
    const of = {
      type: 'aws_vpc',
      before: { tags: { a: '1' }, arn: 'x' },
      after: { tags: { a: '2' }, arn: 'y' },
      source: { tags: {} },
    };
    expect(driftOf(of).keys).toEqual(['tags']);
  });

  it('is a resource that is gone', () => {
    expect(driftOf({ type: 'aws_vpc', before: { id: 'vpc-1' }, after: null }).keys).toEqual(['everything']);
  });

  it('is not a time that AWS moves, nor null that became empty', () => {
    const before = { latest_restorable_time: 'a', tags: null, rules: [{ a: '', b: null, c: 1 }], list: [1, 2] };
    const after = { latest_restorable_time: 'b', tags: {}, rules: [{ a: null, b: [], c: 1 }], list: [2, 1] };
    const source = { latest_restorable_time: {}, tags: {}, rules: {}, list: {} };
    expect(driftOf({ type: 'aws_db_instance', before, after, source }).keys).toEqual([]);
  });

  const rule = (cidr: string): object => ({ protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: [cidr] });
  const group = (...ingress: object[]): Drifted => ({
    type: 'aws_security_group',
    before: { id: 'sg-1', ingress: [] },
    after: { id: 'sg-1', ingress },
    beside: [
      {
        type: 'aws_vpc_security_group_ingress_rule',
        values: {
          security_group_id: 'sg-1',
          ip_protocol: 'tcp',
          from_port: 443,
          to_port: 443,
          cidr_ipv4: '10.0.0.0/8',
        },
      },
    ],
  });

  it('is a rule by hand in a security group, not the rule of a resource of the plan', () => {
    expect(driftOf(group(rule('10.0.0.0/8'))).keys).toEqual([]);
    expect(driftOf(group(rule('10.0.0.0/8'), rule('0.0.0.0/0')))).toEqual({
      keys: ['ingress'],
      findings: ['lets in the whole internet: tcp port 443 from 0.0.0.0/0', 'lets in tcp port 443 from 10.0.0.0/8'],
    });
  });

  it('is a policy by hand in a role, not the policy of a resource of the plan', () => {
    const role = (names: string[], managed_policy_arns: string[]): Drifted => ({
      type: 'aws_iam_role',
      before: { id: 'server', name: 'server', inline_policy: [], managed_policy_arns: [] },
      after: {
        id: 'server',
        name: 'server',
        inline_policy: names.map((name) => ({ name, policy: '{}' })),
        managed_policy_arns,
      },
      beside: [
        { type: 'aws_iam_role_policy', values: { role: 'server', name: 'artifacts' } },
        { type: 'aws_iam_role_policy_attachment', values: { role: 'server', policy_arn: 'arn:ssm' } },
      ],
    });
    expect(driftOf(role(['artifacts'], ['arn:ssm'])).keys).toEqual([]);
    expect(driftOf(role(['artifacts', 'mine'], ['arn:ssm'])).keys).toEqual(['inline_policy']);
    expect(driftOf(role(['artifacts'], ['arn:admin'])).keys).toEqual(['managed_policy_arns']);
  });
});

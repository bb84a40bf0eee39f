import { parsePlan } from '@mlflow-on-aws/plan';
import { review } from '../review';
import { caseNames, commentOn, now, planOf, planWith, textOf } from '../testing/plans';
import { marker, renderComment } from '.';

const bytes = (text: string): number => Buffer.byteLength(text);

describe('the comment', () => {
  it('begins with its marker and has the verdict and what forces it on top', () => {
    const comment = commentOn(planOf('stateful-replaced'));
    expect(comment.startsWith(`${marker}\n`)).toBe(true);
    const top = comment.split('\n').slice(0, 25).join('\n');
    expect(top).toContain('refused');
    expect(top).toContain('`aws_db_instance.backend` is **replaced**');
    expect(top).toContain('availability_zone: "eu-central-1a" → "eu-central-1b"');
  });

  it('has room for cost and policy findings that others made', () => {
    const comment = renderComment(review([{ environment: 'prod', plan: planOf('readable-diffs') }], { now }), {
      commit: 'abc123',
      extras: {
        prod: {
          cost: {
            before: 30,
            after: 42.5,
            asOf: '2026-06-30',
            lines: [{ address: 'aws_instance.server', before: 7.5, after: 20, what: 'server t3.small' }],
            byUsage: 2,
            unpriced: [{ address: 'aws_kms_key.artifacts', why: 'no rule' }],
          },
          policyFindings: [{ address: 'aws_s3_bucket.b', check: 'CKV_AWS_1', wants: 'the bucket has an access log' }],
        },
      },
    });
    expect(comment).toContain(
      '**Monthly cost** $30.00 → $42.50 (+$12.50), on demand without free tiers, prices of 2026-06-30; ' +
        '2 more are billed by usage; not priced: `aws_kms_key.artifacts` (no rule)',
    );
    expect(comment).toContain('- `aws_instance.server` $7.50 → $20.00: server t3.small');
    expect(comment).toContain('- `aws_s3_bucket.b` the bucket has an access log (CKV\\_AWS\\_1)');
    expect(comment).toContain('Commit `abc123`');
  });
});

describe('sensitive values', () => {
  const marked = caseNames.filter((name) => textOf(name).includes('never-shown'));

  it.each(marked)('are in the plan of %s, and not in its comment', (name) => {
    const secrets = /tok-[\w-]*never-shown[\w-]*/g;
    expect(textOf(name)).toMatch(secrets);
    expect(commentOn(planOf(name))).not.toMatch(secrets);
  });

  it('do not show by way of another environment, an address, an output or a reason', () => {
    const secret = 'correct-horse-battery';
    const dev = planWith([{ type: 'aws_ssm_parameter', after: { value: 'x' } }], {
      variables: { password: { value: secret } },
      configuration: { root_module: { variables: { password: { sensitive: true } } } },
    });
    const prod = planWith(
      [
        { type: 'aws_ssm_parameter', name: `it["${secret}"]`, after: { [secret]: 1, value: `a ${secret} z` } },
        { type: 'aws_db_instance', name: secret, before: { db_name: secret }, after: null },
        {
          type: 'aws_security_group_rule',
          after: { type: 'ingress', cidr_blocks: ['0.0.0.0/0'], protocol: secret, from_port: 1, to_port: 1 },
        },
        {
          type: 'aws_instance',
          actions: ['delete', 'create'],
          before: { user_data: Buffer.from(`old ${secret}`).toString('base64') },
          after: { user_data: Buffer.from(`new ${secret}`).toString('base64') },
          replace_paths: [['user_data']],
        },
      ],
      { output_changes: { [secret]: { actions: ['create'], before: null, after: [secret] } } },
    );
    const reviewed = review(
      [
        { environment: 'dev', plan: dev },
        { environment: 'prod', plan: prod },
      ],
      { now },
    );
    expect(renderComment(reviewed)).not.toContain(secret);
  });

  it('leave the sentences of the review as they are, whatever an author calls sensitive', () => {
    const rule = { type: 'ingress', protocol: 'tcp', from_port: 22, to_port: 22 };
    const comment = commentOn(
      planWith(
        [
          { type: 'aws_security_group_rule', after: { ...rule, cidr_blocks: ['0.0.0.0/0'] } },
          { type: 'aws_db_instance', before: { engine: 'postgres' }, after: null },
        ],
        {
          variables: Object.fromEntries(
            [
              'lets in the whole internet',
              'every database on the instance',
              'not in the plan-exceptions file',
              'refused',
            ].map((value, index) => [`v${index}`, { value }]),
          ),
          configuration: {
            root_module: {
              variables: Object.fromEntries([0, 1, 2, 3].map((index) => [`v${index}`, { sensitive: true }])),
            },
          },
        },
      ),
    );
    expect(comment).toContain('lets in the whole internet: tcp port 22 from 0.0.0.0/0');
    expect(comment).toContain('Lost: every database on the instance');
    expect(comment).toContain('**Refused**: not in the plan-exceptions file.');
    expect(comment).not.toContain('(sensitive)');
  });

  it('open to the internet without a word of what is marked', () => {
    const comment = commentOn(
      planWith([
        {
          type: 'aws_security_group_rule',
          after: { type: 'ingress', protocol: 'tcp', from_port: 4711, to_port: 4711, cidr_blocks: ['0.0.0.0/0'] },
          after_sensitive: { cidr_blocks: true, from_port: true },
        },
      ]),
    );
    expect(comment).toContain('refused');
    expect(comment).toContain('opens to the whole internet; what does is (sensitive)');
  });

  it('still shows that a sensitive value changes', () => {
    const plan = planWith([
      {
        type: 'aws_ssm_parameter',
        before: { value: 'old-secret-value', name: 'a' },
        after: { value: 'new-secret-value', name: 'a' },
        before_sensitive: { value: true },
        after_sensitive: { value: true },
      },
    ]);
    expect(commentOn(plan)).toContain('! value: only what is (sensitive) changes');
    expect(commentOn(plan)).not.toMatch(/(old|new)-secret-value/);
  });
});

describe('what stands in values', () => {
  it('ends no fence, code span, fold or table, calls nobody and hides nothing', () => {
    const nasty = 'a`b```\n</details>\n| x | <!-- y --> @everyone \u202e';
    const comment = commentOn(
      planWith([
        { type: 'aws_db_instance', name: `it[${JSON.stringify(nasty)}]`, before: { name: nasty }, after: null },
        { type: 'aws_vpc', before: { tags: { Name: 'x' } }, after: { tags: { Name: nasty } } },
      ]),
    );
    const fences = comment.split('\n').filter((line) => /^`{3,}/.test(line));
    expect(fences.length % 2).toBe(0);
    for (let index = 0; index < fences.length; index += 2) expect(`${fences[index + 1]}diff`).toBe(fences[index]);
    expect(comment.split('\n').filter((line) => line === '</details>')).toHaveLength(1);
    expect(comment).not.toContain('\u202e');
    expect(comment).toContain('\\u{202e}');
  });
});

/** The plan of the first deploy, so many times over. */
function many(count: number, change: (address: string, index: number) => object): ReturnType<typeof parsePlan> {
  return planWith([], {
    resource_changes: Array.from({ length: count }, (_, index) => change(`aws_s3_bucket.b["${index}"]`, index)),
  });
}

describe('size', () => {
  const created = JSON.parse(textOf('first-deploy')).resource_changes as { type: string; change: object }[];

  it('reads, reviews and prints 2,000 resources in under a second, inside the limit of GitHub', () => {
    const text = JSON.stringify({
      ...JSON.parse(textOf('first-deploy')),
      resource_changes: Array.from({ length: 2000 }, (_, index) => ({
        ...created[index % created.length],
        address: `module.many[${index}].it`,
      })),
    });
    // Time of this process, which the machine's other work does not lengthen.
    const began = process.cpuUsage();
    const comment = commentOn(parsePlan(text, 'plan.json'));
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(bytes(comment)).toBeLessThanOrEqual(65_000);
    expect(comment).toContain('2000 to add');
    expect(comment).toMatch(/Shortened to fit a comment: \d+ parts are left out/);
    expect(comment).toContain('more left out here, for want of room');
  });

  it('drops the least important first', () => {
    const bucket = created.find(({ type }) => type === 'aws_s3_bucket')?.change as { after: object };
    const plan = many(2000, (address, index) => ({
      address,
      type: 'aws_s3_bucket',
      name: 'b',
      change:
        index === 1999
          ? { actions: ['delete'], before: { ...bucket.after, force_destroy: true }, after: null }
          : { ...bucket, actions: ['create'] },
    }));
    const comment = commentOn(plan);
    expect(bytes(comment)).toBeLessThanOrEqual(65_000);
    expect(comment).toContain('`aws_s3_bucket.b["1999"]` is **destroyed**');
    expect(comment).toContain('@@ aws_s3_bucket.b["1999"]: destroy @@');
    expect(comment).not.toContain('@@ aws_s3_bucket.b["1998"]: create @@');
  });

  it('keeps to the limit when everything is important', () => {
    const plan = many(2000, (address) => ({
      address,
      type: 'aws_s3_bucket',
      name: 'b',
      change: { actions: ['delete'], before: { bucket: 'b', tags: { Note: '語'.repeat(500) } }, after: null },
    }));
    const comment = commentOn(plan);
    expect(bytes(comment)).toBeLessThanOrEqual(65_000);
    expect(comment).toContain('Stateful resources destroyed or replaced (2000)');
  });

  it('cuts a diff that alone would fill the comment', () => {
    const lines = (word: string): string => Array.from({ length: 3000 }, (_, line) => `${word} ${line}`).join('\n');
    const plan = planWith([
      { type: 'aws_instance', before: { user_data: lines('old') }, after: { user_data: lines('new') } },
    ]);
    expect(commentOn(plan)).toMatch(/# \d+ more lines/);
  });
});

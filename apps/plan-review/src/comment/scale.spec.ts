import { review } from '../review';
import { commentOn, now, planOf, planWith } from '../testing/plans';
import { fit } from './fit';
import { renderComment } from '.';

const bytes = (text: string): number => Buffer.byteLength(text);
const times = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

const rule = (index: number, port: number, source: string): object => ({
  type: 'aws_security_group_rule',
  name: `r["${index}"]`,
  after: { type: 'ingress', protocol: 'tcp', from_port: port, to_port: port, cidr_blocks: [source] },
});
const securityOf = (comment: string): string => comment.split('### Security')[1]?.split('\n---\n')[0] ?? '';

describe('many that say nearly the same', () => {
  it('are one line, which hides none that says something else', () => {
    const rules = times(409, (index) => rule(index, index === 300 ? 22 : 443, '0.0.0.0/0'));
    const part = securityOf(commentOn(planWith(rules as never)));
    const refused = '**Refused**: not in the plan-exceptions file.';
    expect(part).toContain(
      '- ⛔ **prod** **409×** alike, the rarest first:\n' +
        `  - \`aws_security_group_rule.r["300"]\` lets in the whole internet: tcp port 22 from 0.0.0.0/0. ${refused}\n` +
        '  - **408×** `aws_security_group_rule.r["0"]`, `aws_security_group_rule.r["1"]`',
    );
    expect(part).toContain(`and 388 more lets in the whole internet: tcp port 443 from 0.0.0.0/0. ${refused}\n`);
    expect(bytes(part)).toBeLessThan(2000);
  });

  it('are counted where each says something of its own', () => {
    const part = securityOf(commentOn(planWith(times(409, (index) => rule(index, index, '10.0.0.0/8')) as never)));
    expect(part).toContain('and 389 more like these');
    expect(bytes(part)).toBeLessThan(3000);
  });

  it('are lines of their own where they are few', () => {
    const part = securityOf(commentOn(planWith(times(4, (index) => rule(index, index, '10.0.0.0/8')) as never)));
    expect(part.match(/^- /gm)).toHaveLength(4);
  });

  it('are named one by one where only their names tell them apart', () => {
    const comment = commentOn(planWith(times(30, (index) => ({ type: 'aws_vpc', name: `v${index}`, after: {} }))));
    expect(comment.match(/^- `aws_vpc/gm)).toHaveLength(30);
    const instances = commentOn(planWith(times(30, (index) => ({ type: 'aws_vpc', name: `v[${index}]`, after: {} }))));
    expect(instances).toContain('- **30×** `aws_vpc.v[0]`, ');
  });

  it('have one diff where it is the same', () => {
    const comment = commentOn(
      planWith(
        times(50, (index) => ({
          type: 'aws_x',
          name: `x${index}`,
          before: { a: 1, b: index },
          after: { a: 2, b: index },
        })),
      ),
    );
    expect(comment.match(/^! a = 1 → 2$/gm)).toHaveLength(1);
    expect(comment).toContain('@@ aws_x.x4: update @@\n# and 45 more with the same diff');
  });

  it('that change tags alone are one line', () => {
    const tags = (index: number, Team: string): object => ({
      id: index,
      tags: { Team },
      tags_all: { Team, Env: 'dev' },
    });
    const comment = commentOn(
      planWith([
        ...times(3, (index) => ({
          type: 'aws_x',
          name: `x${index}`,
          before: tags(index, 'a'),
          after: tags(index, 'b'),
        })),
        { type: 'aws_x', name: 'more', before: { a: 1, tags: { Team: 'a' } }, after: { a: 2, tags: { Team: 'b' } } },
      ]),
    );
    expect(comment).toContain('**Change tags only** (3)\n\n- **3×** `aws_x.x0`, `aws_x.x1`, `aws_x.x2`: `tags.Team`\n');
    expect(comment).toContain('**Change** (1)\n\n- `aws_x.more`: `a`, `tags.Team`');
  });
});

describe('the size', () => {
  it('of the head stays small, whatever is in it', () => {
    const long = 'x'.repeat(100_000);
    const plan = planWith([{ type: 'aws_vpc', after: { a: long } }], {
      terraform_version: long,
      timestamp: long,
      configuration: { provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: long } } } } },
    });
    const inputs = times(500, (index) => ({ environment: `e${index}`, plan: index % 2 ? plan : { failure: long } }));
    const options = { commit: long, fingerprintKey: 'a key of many letters', unread: [] };
    expect(bytes(renderComment(review(inputs, { now }), options))).toBeLessThanOrEqual(65_000);
  });

  it('of a comment keeps to the limit when its headings alone do not', () => {
    const sections = times(2000, (index) => ({
      head: 'h'.repeat(50),
      foot: '',
      items: index % 2 ? [{ weight: 1, text: () => 'x' }] : [],
    }));
    const { text, leftOut } = fit(sections, 1000);
    expect(bytes(text)).toBeLessThanOrEqual(1000);
    expect(leftOut).toBeGreaterThan(900);
  });

  it('of one part does not push out smaller ones', () => {
    const items = [10, 5000, 10].map((size, weight) => ({ weight, text: () => `${weight}`.repeat(size) }));
    expect(fit([{ head: '', foot: '', items }], 500)).toEqual({
      text: `${'0'.repeat(10)}${'2'.repeat(10)}\n_… 1 more left out here, for want of room._\n`,
      leftOut: 1,
    });
  });

  it('of what has no price is counted', () => {
    const comment = commentOn({
      ...planOf('action-invoked'),
      resource_changes: planWith(times(500, (index) => ({ type: 'aws_iam_policy', name: `p${index}`, after: {} })))
        .resource_changes,
    });
    expect(comment).toMatch(/not priced: (`[^`]+`, ){4}`[^`]+` and 495 more \(no rule for aws\\_iam\\_policy\)/);
  });
});

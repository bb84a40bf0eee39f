import { parsePlan, type Plan } from '@mlflow-on-aws/plan';
import { fingerprint, fingerprintLine } from './fingerprint';
import { caseNames, commentOn, now, planOf, textOf } from './testing/plans';
import { renderComment } from './comment';
import { review } from './review';

const key = 'a key of the repository';

/** The plan of a case, changed as text. */
const edited = (name: string, from: string | RegExp, to: string): Plan => {
  const text = textOf(name).replaceAll(from as string, to);
  expect(text).not.toBe(textOf(name));
  return parsePlan(text, name);
};

describe('fingerprint', () => {
  it('is another one for every case that does something else', () => {
    const quiet = ['no-changes', 'data-only'];
    const prints = caseNames.filter((name) => !quiet.includes(name)).map((name) => fingerprint(planOf(name), key));
    expect(new Set(prints).size).toBe(prints.length);
    expect(fingerprint(planOf('data-only'), key)).toBe(fingerprint(planOf('no-changes'), key));
  });

  it('stays when the plan is made again later', () => {
    const later = edited('stateful-replaced', /2026-11-24T0\d:\d\d:\d\dZ/g, '2026-11-25T09:00:00Z');
    expect(fingerprint(later, key)).toBe(fingerprint(planOf('stateful-replaced'), key));
  });

  it.each([
    ['stateful-replaced', '"eu-central-1b"', '"eu-central-1c"'],
    ['stateful-replaced', '"db.t4g.medium"', '"db.t4g.small"'],
    ['internet-opened', '0.0.0.0/0', '10.0.0.0/8'],
    ['sensitive', 'tok-NEW-51b7-never-shown-either', 'tok-NEW-another'],
    ['move', 'from_office', 'from_elsewhere'],
    ['import', 'made-by-hand', 'made-by-machine'],
  ])('of %s changes with %s', (name, from, to) => {
    expect(fingerprint(edited(name, from, to), key)).not.toBe(fingerprint(planOf(name), key));
  });

  it('cannot be made without the key', () => {
    expect(fingerprint(planOf('move'), key)).not.toBe(fingerprint(planOf('move'), `${key}.`));
  });

  it('stands in the comment, except of a plan that failed', () => {
    const of = (name: string): string =>
      renderComment(review([{ environment: 'prod', plan: planOf(name) }], { now }), { fingerprintKey: key });
    expect(of('move').split('\n')).toContain(fingerprintLine('prod', planOf('move'), key));
    expect(of('errored')).not.toContain('reviewed:prod');
    expect(commentOn(planOf('move'))).not.toContain('reviewed:prod');
  });
});

import { marker } from './comment';
import { GitHub, GitHubError, gitHubFrom } from '@mlflow-on-aws/github';
import { publishComment, publishDrift, reviewedComment } from './publish';
import { FakeGitHub } from '@mlflow-on-aws/github';

let fake: FakeGitHub;
let github: GitHub;
let api: string;

beforeEach(async () => {
  fake = new FakeGitHub();
  api = await fake.start();
  github = new GitHub({ api, repository: 'o/r', token: 'the-token', patience: 1 });
});
afterEach(() => fake.stop());

const body = (text: string): string => `${marker}\n${text}\n`;

describe('the one comment of a pull request', () => {
  it('is made once, and changed in place from then on', async () => {
    const url = await publishComment(github, 7, body('first'));
    expect(await publishComment(github, 7, body('second'))).toBe(url);
    expect(fake.commentsOf(7).map((post) => post.body)).toEqual([body('second')]);
  });

  it('is found among hundreds, by its whole first line and its author only', async () => {
    for (let index = 0; index < 230; index++) fake.post(fake.commentsOf(7), `talk ${index}`, 'somebody');
    fake.post(fake.commentsOf(7), `> ${body('a quote')}`, 'somebody');
    fake.post(fake.commentsOf(7), body('made to look like it'), 'somebody');
    fake.post(fake.commentsOf(7), `${marker}:other\nanother key`);
    const ours = fake.post(fake.commentsOf(7), body('old').replace('\n', '\r\n'));
    fake.post(fake.commentsOf(8), body('another pull request'));
    const before = fake.commentsOf(7).length;
    await publishComment(github, 7, body('new'));
    expect(fake.commentsOf(7)).toHaveLength(before);
    expect(ours.body).toBe(body('new'));
    expect(fake.commentsOf(7).filter((post) => post.body === body('new'))).toHaveLength(1);
    expect(fake.commentsOf(8)[0]?.body).toBe(body('another pull request'));
  });

  it('is found by a person with a token of their own', async () => {
    fake.login = 'ada';
    const mine = fake.post(fake.commentsOf(7), body('old'), 'ada');
    await publishComment(github, 7, body('new'));
    expect(mine.body).toBe(body('new'));
  });

  it('does not stay when nothing is affected any more, and is not made for that', async () => {
    expect(await publishComment(github, 7)).toBeUndefined();
    expect(fake.commentsOf(7)).toHaveLength(0);
    await publishComment(github, 7, body('2 to add'));
    await publishComment(github, 7);
    expect(fake.commentsOf(7)[0]?.body).toContain('changes no environment');
  });

  it('survives a busy GitHub, and says what a refusing one says', async () => {
    fake.refusals.push({ status: 502 }, { status: 403, headers: { 'retry-after': '1' } }, { status: 429 });
    await publishComment(github, 7, body('at last'));
    expect(fake.commentsOf(7)).toHaveLength(1);

    const wrong = new GitHub({ api, repository: 'o/r', token: 'another-token' });
    const failure = await publishComment(wrong, 7, body('x')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GitHubError);
    expect(String(failure)).toContain('GitHub answered 401 to GET /user: {"message":"Bad credentials"}');
    expect(String(failure)).not.toContain('another-token');
  });

  it('wants to know where and who', () => {
    expect(() => gitHubFrom({ GITHUB_REPOSITORY: 'o/r' })).toThrow('GITHUB_TOKEN must be set');
  });
});

describe('the comment that was reviewed', () => {
  it('is that of the pull request that brought the commit', async () => {
    await publishComment(github, 7, body('reviewed'));
    fake.pulls.set('abc', [
      { number: 6, merged_at: null },
      { number: 7, merged_at: '2026-11-24T00:00:00Z' },
    ]);
    expect(await reviewedComment(github, 'abc')).toBe(body('reviewed'));
    expect(await reviewedComment(github, 'def')).toBeUndefined();
  });
});

describe('the issue about drift', () => {
  it('is opened once, kept up to date, closed and opened anew', async () => {
    fake.post(fake.issues, 'something else', 'somebody');
    expect(await publishDrift(github, 'prod')).toBe('none');
    expect(await publishDrift(github, 'prod', body('1 changed'))).toBe('opened');
    expect(await publishDrift(github, 'prod', body('2 changed'))).toBe('updated');
    expect(await publishDrift(github, 'dev', body('1 changed'))).toBe('opened');
    expect(fake.issues.map(({ title, state }) => [title, state])).toEqual([
      [undefined, 'open'],
      ['Drift: prod is not what its source says', 'open'],
      ['Drift: dev is not what its source says', 'open'],
    ]);
    expect(fake.issues[1]?.body).toBe('<!-- mlflow-on-aws:drift:prod -->\n2 changed\n');

    expect(await publishDrift(github, 'prod')).toBe('closed');
    expect(fake.issues[1]?.state).toBe('closed');
    expect(fake.issues[2]?.state).toBe('open');
    expect(await publishDrift(github, 'prod', body('3 changed'))).toBe('opened');
  });
});

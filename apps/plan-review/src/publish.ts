import { marker } from './comment';
import type { GitHub, Post } from '@mlflow-on-aws/github';

/** Keeps the one comment of a pull request up to date; without a text, only one that is already there is changed. */
export async function publishComment(github: GitHub, pullRequest: number, body?: string): Promise<string | undefined> {
  if (body !== undefined && !body.startsWith(`${marker}\n`)) throw new Error('the comment must begin with its marker');
  const list = `/repos/{repository}/issues/${pullRequest}/comments`;
  const existing = await github.find(list, marker);
  if (existing === undefined && body === undefined) return undefined;
  const text = body ?? `${marker}\n## ✅ Plan: this pull request changes no environment\n`;
  const post =
    existing === undefined
      ? await github.ask<Post>('POST', list, { body: text })
      : await github.ask<Post>('PATCH', `/repos/{repository}/issues/comments/${existing.id}`, { body: text });
  return post.html_url;
}

/** The comment that was reviewed with the pull request that brought a commit. */
export async function reviewedComment(github: GitHub, commit: string): Promise<string | undefined> {
  const pulls = await github.ask<{ number: number; merged_at: string | null }[]>(
    'GET',
    `/repos/{repository}/commits/${commit}/pulls`,
  );
  const pull = pulls.find(({ merged_at }) => merged_at !== null);
  if (pull === undefined) return undefined;
  const comment = await github.find(`/repos/{repository}/issues/${pull.number}/comments`, marker);
  return comment?.body ?? undefined;
}

/** What happened to the issue about an environment's drift. */
export type DriftIssue = 'opened' | 'updated' | 'closed' | 'none';

/** Opens, updates or closes the one issue about an environment that is not what its source says. */
export async function publishDrift(github: GitHub, environment: string, comment?: string): Promise<DriftIssue> {
  const key = `<!-- mlflow-on-aws:drift:${environment} -->`;
  // Pull requests are in this list too; none of them begins with the key.
  const existing = await github.find('/repos/{repository}/issues?state=open', key);
  const issue = `/repos/{repository}/issues/${existing?.number}`;
  if (comment === undefined) {
    if (existing === undefined) return 'none';
    await github.ask('POST', `${issue}/comments`, { body: 'The environment is what its source says again.' });
    await github.ask('PATCH', issue, { state: 'closed', state_reason: 'completed' });
    return 'closed';
  }
  const body = `${key}\n${comment.replace(`${marker}\n`, '')}`;
  if (existing !== undefined) {
    await github.ask('PATCH', issue, { body });
    return 'updated';
  }
  await github.ask('POST', '/repos/{repository}/issues', {
    title: `Drift: ${environment} is not what its source says`,
    body,
  });
  return 'opened';
}

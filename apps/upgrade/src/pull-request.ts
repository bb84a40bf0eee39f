import { GitHubError, type GitHub } from '@mlflow-on-aws/github';

/** A change that a person should look at. */
export interface Proposal {
  /** Branch that holds it; an older proposal on it is replaced. */
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  /** Contents by path. */
  readonly files: Readonly<Record<string, string>>;
}

interface PullRequest {
  readonly number: number;
  readonly html_url: string;
}

/**
 * Puts a proposal on a branch beside `main` and opens its pull request, or brings the open one up to date.
 * @returns its address
 */
export async function openPullRequest(github: GitHub, owner: string, proposal: Proposal): Promise<string> {
  const { branch, title, body, files } = proposal;
  const git = '/repos/{repository}/git';
  const main = await github.ask<{ object: { sha: string } }>('GET', `${git}/ref/heads/main`);
  const base = await github.ask<{ tree: { sha: string } }>('GET', `${git}/commits/${main.object.sha}`);
  const tree = await github.ask<{ sha: string }>('POST', `${git}/trees`, {
    base_tree: base.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
  });
  const commit = await github.ask<{ sha: string }>('POST', `${git}/commits`, {
    message: title,
    tree: tree.sha,
    parents: [main.object.sha],
  });
  try {
    await github.ask('PATCH', `${git}/refs/heads/${branch}`, { sha: commit.sha, force: true });
  } catch (error) {
    // There is no such branch yet.
    if (!(error instanceof GitHubError) || (error.status !== 404 && error.status !== 422)) throw error;
    await github.ask('POST', `${git}/refs`, { ref: `refs/heads/${branch}`, sha: commit.sha });
  }
  const pulls = '/repos/{repository}/pulls';
  const [open] = await github.ask<PullRequest[]>('GET', `${pulls}?state=open&head=${owner}:${branch}`);
  const { html_url } =
    open === undefined
      ? await github.ask<PullRequest>('POST', pulls, { title, body, head: branch, base: 'main' })
      : await github.ask<PullRequest>('PATCH', `${pulls}/${open.number}`, { title, body });
  return html_url;
}

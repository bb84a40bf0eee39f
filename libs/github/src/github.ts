import { UserError } from '@mlflow-on-aws/command-line';
import { Octokit } from '@octokit/core';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the REST API of GitHub is, and who asks it. */
export interface GitHubSettings {
  /**
   * Address of the API.
   * @default https://api.github.com
   */
  readonly api?: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /**
   * Longest wait before another try, in milliseconds.
   * @default 30000
   */
  readonly patience?: number;
}

/** A request that GitHub refused: the message has no token in it. */
export class GitHubError extends UserError {
  public constructor(
    public readonly status: number,
    request: string,
    answer: unknown,
  ) {
    super(`GitHub answered ${status} to ${request}: ${JSON.stringify(answer)?.slice(0, 300)}`);
  }
}

/** A comment or an issue. */
export interface Post {
  readonly id: number;
  readonly number?: number;
  readonly html_url?: string;
  readonly body?: string | null;
  readonly user?: { readonly login: string } | null;
}

const tries = 4;

/** The few things this repository asks of GitHub. */
export class GitHub {
  private author?: Promise<string>;
  private readonly octokit: Octokit;

  public constructor(private readonly settings: GitHubSettings) {
    const { api, token, patience = 30_000 } = settings;
    this.octokit = new Octokit({ auth: token, ...(api && { baseUrl: api }) });
    this.octokit.hook.wrap('request', async (request, options) => {
      for (let turn = 1; ; turn++) {
        try {
          return await request(options);
        } catch (error) {
          const seconds = secondsToWait(error, turn);
          if (seconds === undefined || turn === tries) throw error;
          await pause(Math.min(seconds * 1000, patience));
        }
      }
    });
  }

  /**
   * Asks, again when GitHub is busy, and returns the answer.
   * @throws GitHubError when it refuses
   */
  public async ask<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
    const url = path.replace('{repository}', this.settings.repository);
    try {
      const { data } = await this.octokit.request({
        method,
        url,
        data: body,
        headers: { 'x-github-api-version': '2022-11-28' },
      });
      return data as T;
    } catch (error) {
      const answer = answerOf(error);
      throw answer === undefined ? error : new GitHubError(answer.status, `${method} ${path}`, answer.data);
    }
  }

  /** The post of our own that begins with a line, among the pages of a list; the oldest one. */
  public async find(path: string, firstLine: string): Promise<Post | undefined> {
    const author = await this.self();
    for (let page = 1; ; page++) {
      const posts = await this.ask<Post[]>('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`);
      // A quote has "> " before the line, and another person's text is not ours to overwrite.
      const found = posts.find(({ body, user }) => body?.split(/\r?\n/, 1)[0] === firstLine && user?.login === author);
      if (found !== undefined || posts.length < 100) return found;
    }
  }

  /** Who the token speaks for; the token of a workflow may not ask, and is its bot. */
  private self(): Promise<string> {
    this.author ??= this.ask<{ login: string }>('GET', '/user').then(
      ({ login }) => login,
      (error: unknown) => {
        if (error instanceof GitHubError && (error.status === 403 || error.status === 404))
          return 'github-actions[bot]';
        throw error;
      },
    );
    return this.author;
  }
}

/** GitHub as the environment of a workflow describes it; the token is read, never printed. */
export function gitHubFrom(environment: NodeJS.ProcessEnv): GitHub {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = environment;
  const missing = Object.entries({ GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token }).filter(([, value]) => !value);
  if (missing.length > 0) throw new UserError(`${missing.map(([name]) => name).join(' and ')} must be set`);
  return new GitHub({ api, repository: repository as string, token: token as string });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** What GitHub answered, where an error is about an answer. */
function answerOf(error: unknown): Answer | undefined {
  return (error as { response?: Answer }).response;
}

/** How long a busy GitHub wants to be left alone; nothing when it is not busy. */
function secondsToWait(error: unknown, turn: number): number | undefined {
  const answer = answerOf(error);
  const wanted = answer?.headers['retry-after'];
  const busy = answer !== undefined && (answer.status === 429 || answer.status >= 500 || wanted !== undefined);
  return busy ? Number(wanted ?? 2 ** turn) : undefined;
}

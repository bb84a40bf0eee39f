import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakePost {
  id: number;
  number: number;
  title?: string;
  body: string;
  state: string;
  user: { login: string };
  html_url: string;
}

/** GitHub in this process: comments, issues and merged pull requests of one repository, with its ways of saying no. */
export class FakeGitHub {
  /** Comments by issue or pull request. */
  public readonly comments = new Map<number, FakePost[]>();
  public readonly issues: FakePost[] = [];
  /** Pull requests by the commit they brought. */
  public readonly pulls = new Map<string, { number: number; merged_at: string | null }[]>();
  /** Answers to give before the real ones. */
  public readonly refusals: { status: number; headers?: Record<string, string> }[] = [];
  public readonly requests: string[] = [];
  /** Who asks; a workflow's token may not know. */
  public login: string | undefined = undefined;
  private readonly server: Server;
  private last = 0;

  public constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(
        ({ status, body, headers }) => {
          response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
        },
        () => response.writeHead(500).end(),
      );
    });
  }

  /** Starts it on a free port and returns its address. */
  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Puts a post there as somebody. */
  public post(list: FakePost[], body: string, login = 'github-actions[bot]', title?: string): FakePost {
    const id = ++this.last;
    const post = { id, number: id, title, body, state: 'open', user: { login }, html_url: `https://github.test/${id}` };
    list.push(post);
    return post;
  }

  public commentsOf(number: number): FakePost[] {
    const list = this.comments.get(number) ?? [];
    this.comments.set(number, list);
    return list;
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ status: number; body: unknown; headers?: Record<string, string> }> {
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    this.requests.push(`${method} ${pathname}`);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return { body: { message: 'no' }, ...refusal };
    if (headers.authorization !== 'token the-token') return { status: 401, body: { message: 'Bad credentials' } };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Partial<FakePost>);
    const page = <T>(list: readonly T[]): T[] => {
      const size = Number(searchParams.get('per_page') ?? 30);
      const first = (Number(searchParams.get('page') ?? 1) - 1) * size;
      return list.slice(first, first + size);
    };
    if ((sent.body ?? '').length > 65_536) return { status: 422, body: { message: 'body is too long' } };

    if (pathname === '/user') {
      return this.login === undefined
        ? { status: 403, body: { message: 'Resource not accessible by integration' } }
        : { status: 200, body: { login: this.login } };
    }
    const path = pathname.replace('/repos/o/r', '');
    const me = this.login ?? 'github-actions[bot]';
    const [, of, comments] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    if (comments !== undefined && method === 'GET') return { status: 200, body: page(this.commentsOf(Number(of))) };
    if (comments !== undefined && method === 'POST') {
      return { status: 201, body: this.post(this.commentsOf(Number(of)), sent.body ?? '', me) };
    }
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const edited = comment
      ? [...this.comments.values()].flat().find(({ id }) => id === Number(comment))
      : this.issues.find(({ number }) => number === Number(of));
    if (method === 'PATCH' && edited !== undefined) return { status: 200, body: Object.assign(edited, sent) };
    if (path === '/issues' && method === 'GET') {
      return { status: 200, body: page(this.issues.filter(({ state }) => state === searchParams.get('state'))) };
    }
    if (path === '/issues' && method === 'POST') {
      return { status: 201, body: this.post(this.issues, sent.body ?? '', me, sent.title) };
    }
    const [, commit] = /^\/commits\/(\w+)\/pulls$/.exec(path) ?? [];
    if (commit !== undefined) return { status: 200, body: this.pulls.get(commit) ?? [] };
    return { status: 404, body: { message: 'Not Found' } };
  }
}

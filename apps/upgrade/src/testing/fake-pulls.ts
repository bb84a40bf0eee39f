import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Sent {
  readonly sha?: string;
  readonly base_tree?: string;
  readonly tree?: readonly { readonly path: string; readonly content: string }[];
}

/** GitHub in this process: branches and pull requests of the repository `o/r`, in which only `main` is there. */
export class FakePulls {
  /** Commit of the branch that was pushed. */
  public branch?: string;
  /** Files of the last tree. */
  public files: Readonly<Record<string, string>> = {};
  public readonly pulls: Record<string, unknown>[] = [];
  private readonly server: Server;
  private commits = 0;

  public constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sent = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Sent) : {};
        const path = (request.url ?? '').replace('/repos/o/r', '').replace(/\?.*/, '');
        const known = request.headers.authorization === 'token the-token';
        const [status, answer] = known ? this.answer(`${request.method} ${path}`, sent) : [401, {}];
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  /** Starts it on a free port and returns its address. */
  public async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private answer(request: string, sent: Sent): [number, unknown] {
    switch (request) {
      case 'GET /git/ref/heads/main':
        return [200, { object: { sha: 'main' } }];
      case 'GET /git/commits/main':
        return [200, { tree: { sha: 'tree-of-main' } }];
      case 'POST /git/trees':
        if (sent.base_tree !== 'tree-of-main') return [422, {}];
        this.files = Object.fromEntries((sent.tree ?? []).map(({ path, content }) => [path, content]));
        return [201, { sha: 'tree' }];
      case 'POST /git/commits':
        return [201, { sha: `commit-${++this.commits}` }];
      case 'PATCH /git/refs/heads/upgrade/mlflow':
        if (this.branch === undefined) return [422, { message: 'Reference does not exist' }];
        this.branch = sent.sha;
        return [200, {}];
      case 'POST /git/refs':
        this.branch = sent.sha;
        return [201, {}];
      case 'GET /pulls':
        return [200, this.pulls];
      case 'POST /pulls':
        this.pulls.push({ number: 3, html_url: 'https://github.test/3', ...sent });
        return [201, this.pulls[0]];
      case 'PATCH /pulls/3':
        return [200, Object.assign(this.pulls[0] as object, sent)];
      default:
        return [404, {}];
    }
  }
}

import { createServer, connect, type Server, type Socket } from 'node:net';

/** What a wire does to those who use it. */
type Condition = 'whole' | 'refusing' | 'silent';

/** A network path to a local port that can be cut, refused, silenced and laid to another address. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private condition: Condition = 'whole';
  private readonly server: Server;

  private constructor(private target: number) {
    this.server = createServer((near) => this.accept(near));
  }

  /** Lays a wire to `target` on a free loopback port. */
  public static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  /** The near end. */
  public get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Resets every connection; new ones get through. */
  public cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Resets every connection, and every new one. */
  public refuse(): void {
    this.condition = 'refusing';
    this.cut();
  }

  /** Carries nothing any more, and closes nothing: what a host that lost its power looks like. */
  public silence(): void {
    this.condition = 'silent';
    for (const socket of this.sockets) socket.pause();
  }

  /** Carries again what was held back; new connections go to `target` when it is given. */
  public mend(target: number = this.target): void {
    this.target = target;
    this.condition = 'whole';
    for (const socket of this.sockets) socket.resume();
  }

  /** Takes the wire away. */
  public async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(near: Socket): void {
    if (this.condition === 'refusing') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (to.write(chunk)) return;
        from.pause();
        to.once('drain', () => this.condition !== 'silent' && from.resume());
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.on('end', () => to.end());
    }
    if (this.condition === 'silent') for (const socket of [near, far]) socket.pause();
  }
}

import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { createServer, connect, type Server } from 'node:net';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@mlflow-on-aws/workbench';

/** Runs in the namespace: takes connections at an address of its own, and hands them out by a socket file. */
const relay = `
const net = require('node:net');
const [address, file] = process.argv.slice(1);
const server = net.createServer((near) => {
  const far = net.connect(file);
  near.on('error', () => far.destroy()).on('close', () => far.destroy());
  far.on('error', () => near.destroy()).on('close', () => near.destroy());
  near.pipe(far).pipe(near);
});
server.listen(0, address, () => console.log(String(server.address().port)));
process.stdin.on('close', () => process.exit()).resume();
`;

/**
 * A real link to a local port, on which packets vanish when it is unplugged: a network namespace, and a pair of virtual cards.
 * A wire that is silent still has a kernel at its end, which acknowledges what it is sent; a host that lost its power has not.
 */
export class Cable {
  private constructor(
    private readonly host: ChildProcess,
    private readonly exit: Server,
    /** Where its users connect. */
    public readonly address: string,
    public readonly port: number,
  ) {}

  /** Lays a cable to `target`; undefined where this user may not, or there is no `ip`. */
  public static async to(target: number, directory: string): Promise<Cable | undefined> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
    const file = join(directory, `cable-${target}`);
    const exit = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => exit.listen(file, resolve));
    // Addresses that RFC 2544 keeps for tests of network devices; four for each process.
    const block = (process.pid % 0x4000) * 4;
    const [near, far] = [1, 2].map((host) => `198.18.${(block + host) >> 8}.${(block + host) & 255}`) as [
      string,
      string,
    ];
    const card = `faults${process.pid}`;
    const begin = `read ready && ip link set far up && ip address add ${far}/30 dev far && exec node -e "$0" ${far} '${file}'`;
    const host = spawn('unshare', ['--net', 'sh', '-c', begin, relay], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      // Until it has a namespace of its own, a process has this one's.
      const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
      const own = () => readlinkSync(`/proc/${host.pid}/ns/net`) !== readlinkSync('/proc/self/ns/net');
      if (!(await waitUntil(own, 10_000))) throw new Error('no namespace');
      ip('link', 'add', card, 'type', 'veth', 'peer', 'name', 'far', 'netns', String(host.pid));
      ip('address', 'add', `${near}/30`, 'dev', card);
      ip('link', 'set', card, 'up');
      host.stdin?.write('ready\n');
      const port = await new Promise<number>((resolve, reject) => {
        host.stdout?.on('data', (text) => resolve(Number(text)));
        host.on('close', () => reject(new Error('the far end of the cable ended')));
      });
      return new Cable(host, exit, far, port);
    } catch {
      host.kill('SIGKILL');
      exit.close();
      return undefined;
    }
  }

  /** Lets every packet vanish, in both directions. */
  public unplug(): void {
    this.far('down');
  }

  /** Lets packets through again. */
  public plug(): void {
    this.far('up');
  }

  /** Takes the cable away; the kernel takes the cards with the namespace. */
  public async close(): Promise<void> {
    const gone = new Promise((resolve) => this.host.on('close', resolve));
    this.host.kill('SIGKILL');
    await gone;
    await new Promise((resolve) => this.exit.close(resolve));
  }

  /** The far card: with the near one down, this machine would look for another way. */
  private far(state: 'up' | 'down'): void {
    execFileSync('nsenter', ['--target', String(this.host.pid), '--net', 'ip', 'link', 'set', 'far', state]);
  }
}

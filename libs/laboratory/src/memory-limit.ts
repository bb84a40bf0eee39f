import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** A memory limit for a process and those it starts, kept by the kernel: a control group, version 1 or 2. */
export class MemoryLimit {
  private constructor(
    private readonly directory: string,
    private readonly files: { readonly peak: string; readonly events: string },
  ) {}

  /** Puts a limit on a running process; undefined where this user may not, or the system has no control groups. */
  public static on(pid: number, bytes: number): MemoryLimit | undefined {
    const first = existsSync(join(root, 'memory', 'memory.limit_in_bytes'));
    const directory = join(root, first ? 'memory' : '', `mlflow-faults-${pid}`);
    try {
      mkdirSync(directory);
      writeFileSync(join(directory, first ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
      writeFileSync(join(directory, 'cgroup.procs'), String(pid));
    } catch {
      if (existsSync(directory)) rmdirSync(directory);
      return undefined;
    }
    return new MemoryLimit(
      directory,
      first
        ? { peak: 'memory.max_usage_in_bytes', events: 'memory.oom_control' }
        : { peak: 'memory.peak', events: 'memory.events' },
    );
  }

  /** The most that was ever in use, file cache included, in bytes. */
  public get peak(): number {
    return Number(readFileSync(join(this.directory, this.files.peak), 'utf8'));
  }

  /** Processes that the kernel ended because the limit was reached. */
  public get kills(): number {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(this.directory, this.files.events), 'utf8'))?.[1]);
  }

  /** Removes the limit; its processes must be gone. */
  public remove(): void {
    rmdirSync(this.directory);
  }
}

/** Memory of a process and those below it in MiB, shared pages counted in part (PSS). */
export function residentMebibytes(pid: number): number {
  const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + residentMebibytes(Number(child)), own);
}

import { closest } from 'fastest-levenshtein';
import classTable from '../data/database-classes.json';
import typeTable from '../data/instance-types.json';

/** What a machine has. */
export interface MachineSize {
  /** Virtual processors. */
  readonly processors: number;
  /** Memory in GiB. */
  readonly memoryGiB: number;
}

/** A file that `data/update.py` wrote: families with `size:processors:MiB` each, the families of each region, and what those lack. */
interface Table {
  readonly date: string;
  readonly families: Readonly<Record<string, string>>;
  readonly regions: Readonly<Record<string, string>>;
  readonly lacking: Readonly<Record<string, string>>;
}

/** Types or classes of machines, and where AWS offers them. */
export class Offer {
  /** Day that the table is from. */
  public readonly date: string;
  private readonly sizes: ReadonlyMap<string, MachineSize>;
  private readonly regions: ReadonlyMap<string, ReadonlySet<string>>;

  /**
   * @param table as `data/update.py` writes it
   * @param prefix what stands before the family's name
   */
  public constructor(table: Table, prefix = '') {
    this.date = table.date;
    const families = new Map(
      Object.entries(table.families).map(([family, sizes]) => [
        family,
        sizes.split(' ').map((text) => {
          const [size, processors, mib] = text.split(':');
          const name = `${prefix}${family}.${size}`;
          return [name, { processors: Number(processors), memoryGiB: Number(mib) / 1024 }] as const;
        }),
      ]),
    );
    this.sizes = new Map([...families.values()].flat());
    this.regions = new Map(
      Object.entries(table.regions).map(([region, names]) => {
        const lacking = (table.lacking[region] ?? '').split(' ').map((name) => `${prefix}${name}`);
        const offered = names.split(' ').flatMap((family) => (families.get(family) ?? []).map(([name]) => name));
        return [region, new Set(offered.filter((name) => !lacking.includes(name)))];
      }),
    );
  }

  /** Processors and memory of a type or class, whatever the region; undefined when there is none of this name. */
  public sizeOf(name: string): MachineSize | undefined {
    return this.sizes.get(name);
  }

  /** Whether a region offers a type or class. */
  public isOffered(name: string, region: string): boolean {
    return this.regions.get(region)?.has(name) ?? false;
  }

  /** Types or classes of the same family that a region offers, the smallest first. */
  public siblings(name: string, region: string): readonly string[] {
    return this.offered(region).filter((other) => parts(other)[0] === parts(name)[0]);
  }

  /**
   * The type or class that was probably meant, or would serve as well: of the same size, in a family of the same letter.
   * @param otherwise of these the first that the region offers, where there is no such family
   */
  public nearest(name: string, region: string, otherwise: readonly string[]): string {
    const [family, size] = parts(name);
    const alike = this.offered(region).filter((other) => {
      const [itsFamily, itsSize] = parts(other);
      return itsSize === size && itsFamily[0] === family[0];
    });
    return alike.length > 0 ? closest(name, alike) : (otherwise.find((other) => this.isOffered(other, region)) ?? '');
  }

  private offered(region: string): string[] {
    return [...(this.regions.get(region) ?? [])];
  }
}

/** `m7g` and `large` of `m7g.large` and `db.m7g.large`. */
function parts(name: string): readonly [family: string, size: string] {
  const [family = '', ...size] = name.replace(/^db\./, '').split('.');
  return [family, size.join('.')];
}

/** EC2 instance types, of the sizes that MLflow is run on. */
export const serverTypes = new Offer(typeTable);

/** RDS instance classes for the PostgreSQL versions that can still be created. */
export const databaseClasses = new Offer(classTable, 'db.');

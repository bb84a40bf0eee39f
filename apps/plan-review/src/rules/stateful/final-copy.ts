type Values = Readonly<Record<string, unknown>>;

/** How a type takes a last copy of its data when it is destroyed. */
interface FinalCopy {
  readonly types: readonly string[];
  /** The attribute with which no copy is taken. */
  readonly skip?: string;
  /** The attribute that names the copy. */
  readonly name?: string;
  readonly called: string;
  /** What happens where the name is missing: the provider stops, or takes no copy. */
  readonly withoutName: 'fails' | 'none' | 'named by AWS';
}

/** From the documentation of the provider, 6.25.0. */
const finalCopies: readonly FinalCopy[] = [
  {
    types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster', 'aws_redshift_cluster'],
    skip: 'skip_final_snapshot',
    name: 'final_snapshot_identifier',
    called: 'final snapshot',
    withoutName: 'fails',
  },
  {
    types: ['aws_lightsail_database'],
    skip: 'skip_final_snapshot',
    name: 'final_snapshot_name',
    called: 'final snapshot',
    withoutName: 'fails',
  },
  {
    types: ['aws_elasticache_cluster', 'aws_elasticache_replication_group'],
    name: 'final_snapshot_identifier',
    called: 'final snapshot',
    withoutName: 'none',
  },
  { types: ['aws_memorydb_cluster'], name: 'final_snapshot_name', called: 'final snapshot', withoutName: 'none' },
  {
    types: [
      'aws_fsx_lustre_file_system',
      'aws_fsx_ontap_volume',
      'aws_fsx_openzfs_file_system',
      'aws_fsx_windows_file_system',
    ],
    skip: 'skip_final_backup',
    called: 'final backup',
    withoutName: 'named by AWS',
  },
];

/** What is lost with a resource that may leave a last copy; undefined for a type that never does. */
export function finalCopyOf(type: string, values: Values, sentence: string): string | undefined {
  const copy = finalCopies.find(({ types }) => types.includes(type));
  if (copy === undefined) return undefined;
  const { skip, name, called, withoutName } = copy;
  const backups = values.delete_automated_backups === true ? ', automated backups go with it' : '';
  const isSkipped = skip !== undefined && values[skip] === true;
  if (isSkipped) return `${sentence}; no ${called} is taken${backups}`;
  // A plan cut short says nothing of it; a plan of Terraform does.
  if (withoutName === 'named by AWS')
    return values[skip ?? ''] === false ? `nothing that is stored: a ${called} keeps ${sentence}` : sentence;
  const given = values[name ?? ''];
  if (typeof given === 'string' && given !== '')
    return `nothing that is stored: the ${called} ${given} keeps ${sentence}${backups}`;
  return withoutName === 'fails'
    ? `${sentence}; the apply will fail: ${name ?? ''} is not set, so no ${called} can be taken${backups}`
    : `${sentence}; no ${called} is taken`;
}

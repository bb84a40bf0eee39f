/**
 * Whether an EC2 instance type or an RDS instance class earns CPU credits.
 * Source: EC2 user guide, "Burstable performance instances": the T families.
 */
export function burstable(typeOrClass: string): boolean {
  return /^(db\.)?t\d/.test(typeOrClass);
}

/** A resource that a plan would make. */
export interface Planned {
  /** Its address. */
  readonly address: string;
  /** Its type, such as `aws_vpc`. */
  readonly type: string;
  /** What is known of it before it is made. */
  readonly values: Readonly<Record<string, unknown>>;
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly after: Readonly<Record<string, unknown>> | null;
      readonly importing?: unknown;
    };
  }[];
}

/** What a plan would make anew, and not adopt. */
export function plannedCreations(plan: PlanJson): readonly Planned[] {
  return (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === 'managed' && change.actions.join() === 'create' && !change.importing)
    .map(({ address, type, change }) => ({ address, type, values: change.after ?? {} }));
}

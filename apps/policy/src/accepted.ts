/** A finding that the construct of a resource accepts, with its reason. */
export interface Accepted {
  /** Address of the resource. */
  readonly address: string;
  /** Id of the check, such as CKV_AWS_18. */
  readonly check: string;
  /** Why it is accepted. */
  readonly reason: string;
}

interface Stack {
  readonly resource?: Readonly<
    Record<string, Readonly<Record<string, { readonly '//'?: { readonly accepted?: Record<string, string> } }>>>
  >;
}

/** What a synthesized stack accepts, as its constructs say with `acceptFinding`. */
export function acceptedIn(stack: Stack): readonly Accepted[] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, blocks]) =>
    Object.entries(blocks).flatMap(([id, block]) =>
      Object.entries(block['//']?.accepted ?? {}).map(([check, reason]) => ({
        address: `${type}.${id}`,
        check,
        reason,
      })),
    ),
  );
}

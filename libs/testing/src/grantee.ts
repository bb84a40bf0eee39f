/** A role as grants take it, for tests that need no role of their own. */
export function grantee(roleName: string): { readonly roleName: string; readonly node: { readonly path: string } } {
  return { roleName, node: { path: `test/${roleName}` } };
}

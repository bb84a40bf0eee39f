/** One line of a diff as GitHub colours it: added, removed, changed, a remark, or context. */
export interface DiffLine {
  readonly sign: '+' | '-' | '!' | '#' | ' ';
  readonly text: string;
}

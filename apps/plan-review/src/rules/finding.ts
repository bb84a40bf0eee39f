/** What a change means for security or for data. */
export interface Finding {
  /** `opening`: something new is open to the whole internet, which needs an exception; `notice`: worth a look. */
  readonly kind: 'opening' | 'notice';
  readonly text: string;
}

/** A finding that the review refuses. */
export const opening = (text: string): Finding => ({ kind: 'opening', text });

/** A finding that a reviewer should look at. */
export const notice = (text: string): Finding => ({ kind: 'notice', text });

/** A problem that the person at the keyboard can mend: shown as its message alone. */
export class UserError extends Error {}

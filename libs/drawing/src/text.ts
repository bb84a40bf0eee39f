/** Height of one line of a label. */
export const lineHeight = 15;

/** Width of a text in a generic sans-serif face, a little generous: no font is at hand to measure with. */
export function widthOf(text: string, size: number, bold = false): number {
  const em = [...text].reduce((sum, character) => sum + emOf(character), 0);
  return em * size * (bold ? 1.14 : 1.04);
}

function emOf(character: string): number {
  if (/[il.,:;|'!·/ ]/.test(character)) return 0.31;
  if (/[fjrt()\-[\]]/.test(character)) return 0.37;
  if (/[mwMW@…]/.test(character)) return 0.9;
  return /[A-Z]/.test(character) ? 0.7 : 0.57;
}

/** A text as it may stand in XML, characters that XML cannot hold left out. */
export function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

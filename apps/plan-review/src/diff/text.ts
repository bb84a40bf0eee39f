import type { DiffLine } from './line';

const context = 2;

/** The lines in which two texts differ, with two lines around them. */
export function diffText(before: string, after: string): DiffLine[] {
  const steps = align(before.split('\n'), after.split('\n'));
  const near = new Set<number>();
  steps.forEach(({ sign }, index) => {
    if (sign === ' ') return;
    for (let at = index - context; at <= index + context; at++) near.add(at);
  });
  const result: DiffLine[] = [];
  let last = -1;
  steps.forEach((step, index) => {
    if (!near.has(index)) return;
    if (last >= 0 && index > last + 1) result.push({ sign: ' ', text: '…' });
    result.push(step);
    last = index;
  });
  return result;
}

function align(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, start)),
    ...longestCommon(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function longestCommon(before: readonly string[], after: readonly string[]): DiffLine[] {
  const minus = before.map((text): DiffLine => ({ sign: '-', text }));
  const plus = after.map((text): DiffLine => ({ sign: '+', text }));
  // A table of this many cells takes a moment; longer texts that share that little are read as two texts anyway.
  if (before.length * after.length > 1_000_000) return [...minus, ...plus];

  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      table[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const result: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    if (row < before.length && before[row] === after[column]) {
      result.push({ sign: ' ', text: before[row] ?? '' });
      row++;
      column++;
    } else if (column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      result.push(minus[row++] as DiffLine);
    } else {
      result.push(plus[column++] as DiffLine);
    }
  }
  return result;
}

/** How long things stay when there is no room for all: the smaller, the longer. */
export const weights = {
  refused: 1,
  atStake: 2,
  notice: 3,
  destroyed: 4,
  changed: 5,
  cost: 6,
  policy: 7,
  other: 8,
  tags: 8.5,
  added: 9,
  drift: 10,
  outputs: 11,
  picture: 12,
  diff: 20,
} as const;

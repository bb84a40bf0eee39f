/**
 * What is said of an error that nobody expected: its kind and place, never its message, which may quote a value of a plan.
 */
export function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return `an error of the review itself (${typeof error})`;
  return `an error of the review itself: ${kindOf(error)}${placeOf(error)}`;
}

function kindOf({ name, cause }: Error & { cause?: unknown }): string {
  const kind = /^\w{1,40}$/.test(name) ? name : 'Error';
  return cause instanceof Error ? `${kind}, caused by ${kindOf(cause)}` : kind;
}

/** The first places of the stack in files of ours; the message stands before them and is skipped, however many lines it has. */
function placeOf({ stack = '', message }: Error): string {
  const frames = stack.slice(stack.indexOf(message) + message.length).matchAll(frame);
  const places = [...frames].map(([, call, file]) => (call === undefined ? file : `${call} (${file})`));
  return places.length === 0 ? '' : ` at ${[...new Set(places)].slice(0, 3).join(', ')}`;
}

const frame = /^\s+at (?:([\w.<> ]{1,80}) \()?(?!node:)[^\n()]*?([\w.-]+\.[cm]?[jt]s:\d+):\d+\)?$/gm;

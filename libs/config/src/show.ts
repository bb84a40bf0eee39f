import { maySecret } from '@mlflow-on-aws/command-line';

/**
 * A value as a person recognizes it, in one short line; nothing that may be a secret, and of objects and lists only that they are.
 *
 * @param key last part of its path
 */
export function show(value: unknown, key: string): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') {
    if (/PRIVATE KEY|PuTTY-User-Key/.test(value)) return 'a private key (not shown; it must never be in a file)';
    if (maySecret(value, key)) return hidden(value);
    return JSON.stringify(shorten(value));
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`;
}

/** A path as a person writes it: `access.ssh.cidrs[0]`. */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (maySecret(String(part))) return `${index > 0 ? '.' : ''}${hidden(String(part))}`;
      const text = shorten(String(part));
      if (/^\d+$/.test(text)) return `[${text}]`;
      const plain = /^[\w$@:/=+ .-]+$/.test(text) ? text : JSON.stringify(text);
      return index > 0 ? `.${plain}` : plain;
    })
    .join('');
}

function hidden(text: string): string {
  return `text of ${text.length} characters (not shown)`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

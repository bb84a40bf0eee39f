import { gunzipSync } from 'node:zlib';
import { canonical, isContainer, isObject } from './marks';

/** The object or list that a text holds as JSON. */
export function jsonIn(value: unknown): object | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const json: unknown = JSON.parse(value);
    return isContainer(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The text that user data holds in base64, compressed or not. */
export function textIn(attribute: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || !/user_data|base64/.test(attribute)) return undefined;
  if (value.length < 8 || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  try {
    const bytes = Buffer.from(value, 'base64');
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const content = gzip ? gunzipSync(bytes, { maxOutputLength: 1 << 20 }) : bytes;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);

    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Whether a JSON document is an IAM policy. */
export function isPolicy(document: unknown): document is Record<string, unknown> {
  return isObject(document) && 'Statement' in document;
}

/**
 * A policy in its one normal form: AWS reads `"Action": "a"` and `"Action": ["a"]`, and any order, as the same.
 */
export function normalPolicy(policy: Record<string, unknown>): Record<string, unknown> {
  return { ...policy, Statement: asList(policy.Statement).map(normalStatement) };
}

function normalStatement(statement: unknown): unknown {
  if (!isObject(statement)) return statement;
  return Object.fromEntries(
    Object.entries(statement).map(([key, value]) => {
      if (/^(Not)?(Action|Resource)$/.test(key)) return [key, sorted(value)];
      if (/^(Not)?Principal$/.test(key)) return [key, value === '*' ? { AWS: ['*'] } : each(value, sorted)];
      if (key === 'Condition') return [key, each(value, (operator) => each(operator, sorted))];
      return [key, value];
    }),
  );
}

function each(value: unknown, change: (value: unknown) => unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

/** One as a list of one. */
export function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function sorted(value: unknown): unknown[] {
  return asList(value).sort((a, b) => canonical(a).localeCompare(canonical(b)));
}

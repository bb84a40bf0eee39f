import { dirname, join } from 'node:path';
import { output } from './toolchain/output';

/** Settings of pip that say where packages come from, and the variables by which uv takes the same. */
const variables: Readonly<Record<string, string>> = {
  'index-url': 'UV_DEFAULT_INDEX',
  'extra-index-url': 'UV_INDEX',
  'find-links': 'UV_FIND_LINKS',
  'trusted-host': 'UV_INSECURE_HOST',
  cert: 'SSL_CERT_FILE',
  timeout: 'UV_HTTP_TIMEOUT',
  'default-timeout': 'UV_HTTP_TIMEOUT',
};

/**
 * Environment variables by which uv finds packages where pip would, such as in a company's index: uv reads neither pip's files nor
 * pip's variables. They are variables, not arguments, because an index's address may hold a password.
 * @param uv path of uv, which lies beside a Python with pip
 */
export async function likePip(uv: string): Promise<NodeJS.ProcessEnv> {
  const list = (await output(join(dirname(uv), 'python'), ['-m', 'pip', 'config', 'list'])) ?? '';
  return { ...fromPip(list), UV_SYSTEM_CERTS: 'true', UV_INDEX_STRATEGY: 'unsafe-best-match', ...process.env };
}

/**
 * Reads what `pip config list` prints: lines such as `global.index-url='https://index.example.com/simple'`.
 * @returns variables of uv
 */
export function fromPip(list: string): Record<string, string> {
  const found: Record<string, string> = {};
  // A variable comes before a file; in a file the command's section comes before the general one.
  for (const section of ['global', 'install', ':env:']) {
    for (const line of list.split('\n').filter((line) => line.startsWith(`${section}.`))) {
      const [, name = '', value = ''] = /\.([a-z-]+)=['"](.*)['"]$/.exec(line) ?? [];
      const variable = variables[name];
      // Python writes the line breaks of a list of values as \n.
      if (variable !== undefined)
        found[variable] = value.replaceAll('\\n', ' ').trim().split(/\s+/).join(separator(variable));
    }
  }
  return found;
}

const separator = (variable: string): string => (variable === 'UV_FIND_LINKS' ? ',' : ' ');

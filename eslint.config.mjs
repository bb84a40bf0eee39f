import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const layer = (name, ...below) => ({
  sourceTag: `layer:${name}`,
  onlyDependOnLibsWithTags: below.map((tag) => `layer:${tag}`),
});

export default tseslint.config(
  { ignores: ['**/node_modules', '**/cdktf.out', '**/dist', '.nx', '.test-results'] },
  ...tseslint.configs.strict,
  prettier,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@cdktf/provider-aws',
              message:
                'Import the resource, such as @cdktf/provider-aws/lib/vpc: the root loads all 1,500 and takes over a gigabyte.',
            },
          ],
        },
      ],
      // Dependencies point one way; constructs meet through the contracts in foundation.
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          depConstraints: [
            // No app imports another, but for the stacks and the environments that they are made of.
            layer(
              'command',
              'stacks',
              'environment',
              'composition',
              'foundation',
              'config',
              'server',
              'review',
              'tool',
              'base',
              'testing',
            ),
            layer('stacks', 'environment', 'composition', 'foundation', 'config', 'base', 'testing'),
            layer('environment', 'composition', 'foundation', 'config', 'base', 'testing'),
            layer('composition', 'part', 'foundation', 'config', 'server', 'base', 'testing'),
            layer('part', 'foundation', 'testing'),
            layer('foundation', 'config', 'testing'),
            layer('tool', 'tool', 'server', 'base'),
            layer('review', 'base'),
            layer('config', 'base'),
            layer('server'),
            layer('testing'),
            layer('base'),
          ],
        },
      ],
    },
  },
  { files: ['**/*.spec.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: {
      globals: { require: 'readonly', module: 'readonly', __dirname: 'readonly', process: 'readonly' },
    },
  },
);

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
            layer('app', 'app', 'config', 'foundation', 'environment', 'server', 'review', 'testing'),
            layer('environment', 'part', 'foundation', 'config', 'server', 'testing'),
            layer('part', 'foundation', 'testing'),
            layer('foundation', 'config', 'testing'),
            layer('testing'),
            layer('server'),
            layer('config'),
            layer('review'),
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

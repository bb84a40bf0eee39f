// One jest for the workspace; every app and lib is a project of it, called as Nx calls it.
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const project = (rootDir) => ({
  displayName: require(join(rootDir, 'package.json')).nx.name,
  rootDir,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  // What runs servers or applies stacks is a suite of its own, started by `npm test` after the units.
  testPathIgnorePatterns: process.env.INTEGRATION
    ? ['/node_modules/']
    : ['/node_modules/', '\\.integration\\.spec\\.ts$'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^@mlflow-on-aws/([^/]+)$': ['libs', 'apps'].map((folder) => join(__dirname, folder, '$1/src/index.ts')),
  },
});

module.exports = {
  // A test fails by what it sees, not by how busy the machine is.
  testTimeout: 60_000,
  projects: ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(__dirname, folder), { withFileTypes: true })
      .filter((entry) => existsSync(join(__dirname, folder, entry.name, 'package.json')))
      .map((entry) => project(join(__dirname, folder, entry.name))),
  ),
};

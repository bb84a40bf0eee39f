import type { Environment } from '@mlflow-on-aws/config';
import { AccountBootstrap, type GitHubRepository } from '@mlflow-on-aws/mlflow';
import type { App } from 'cdktf';
import { join } from 'node:path';
import { forgetFileBackend, ownStateFile } from './own-state';

/** A stack that bootstraps one account and region, and the environments that live there. */
export interface Bootstrap {
  /** Name of the stack. */
  readonly stack: string;
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region. */
  readonly region: string;
  /** Whether this is the first region of the account: what is global in an account is made there. */
  readonly first: boolean;
  /** The environments in it. */
  readonly environments: readonly Environment[];
}

/** One bootstrap stack per account and region: `bootstrap` for the first environment's, `bootstrap-<environment>` for others. */
export function bootstraps(environments: readonly Environment[]): readonly Bootstrap[] {
  const found: (Bootstrap & { environments: Environment[] })[] = [];
  for (const environment of environments) {
    const { accountId, region, name } = environment;
    const there = found.find((one) => one.accountId === accountId && one.region === region);
    if (there) {
      there.environments.push(environment);
      continue;
    }
    found.push({
      stack: found.length === 0 ? 'bootstrap' : `bootstrap-${name}`,
      accountId,
      region,
      first: !found.some((one) => one.accountId === accountId),
      environments: [environment],
    });
  }
  return found;
}

/**
 * Composes one bootstrap stack.
 * @param root root of the checkout
 * @param bucketExists whether the state bucket is there, as far as known
 */
export function composeBootstrap(
  app: App,
  bootstrap: Bootstrap,
  root: string,
  bucketExists?: boolean,
): AccountBootstrap {
  const { stack, accountId, region, first, environments } = bootstrap;
  const file = ownStateFile({ root, stack, accountId, region, bucketExists });
  if (file === undefined) forgetFileBackend(join(app.outdir, 'stacks', stack));
  return new AccountBootstrap(app, stack, {
    accountId,
    region,
    stateFile: file === undefined ? undefined : { path: file, move: moveCommand(root) },
    deliver: environments.flatMap(({ name, github, artifacts }) =>
      github === undefined
        ? []
        : [{ name, repository: gitHubRepository(github), bucketPrefix: `${artifacts.bucketPrefix}-${name}-` }],
    ),
    serviceLinkedRoles: first,
    existingOidcProvider: !first || environments.some(({ github }) => github?.oidcProvider === 'existing'),
  });
}

/** A repository with GitHub's numbers of it, where they are known. */
function gitHubRepository({ repository, ownerId, repositoryId }: NonNullable<Environment['github']>): GitHubRepository {
  const numbers = ownerId === undefined || repositoryId === undefined ? undefined : { ownerId, repositoryId };
  return { name: repository, numbers };
}

/** What a shell runs to move the state. */
function moveCommand(root: string): string {
  return [process.execPath, join(root, 'apps', 'run.mjs'), 'bootstrap'].map((word) => `'${word}'`).join(' ');
}

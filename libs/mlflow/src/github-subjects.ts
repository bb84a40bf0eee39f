/** A GitHub repository whose workflows are trusted. */
export interface GitHubRepository {
  /** Owner and name, such as `example/mlflow`. */
  readonly name: string;
  /** GitHub's own numbers of owner and repository, which no rename changes. @default - not known */
  readonly numbers?: { readonly ownerId: string; readonly repositoryId: string };
}

/**
 * The subjects of a repository's tokens, letter by letter: with names alone, and with the numbers where they are known.
 *
 * Repositories made or renamed since 15 July 2026 send the second form, unless their owner chose the first.
 * Source: GitHub documentation, "OpenID Connect", "Immutable subject claims" (github/docs pull request 45221).
 * @param contexts what a token ends with, such as `pull_request` or `environment:prod`
 */
export function subjectsOf({ name, numbers }: GitHubRepository, ...contexts: readonly string[]): readonly string[] {
  const [owner, repository] = name.split('/');
  const forms = [name, ...(numbers ? [`${owner}@${numbers.ownerId}/${repository}@${numbers.repositoryId}`] : [])];
  return forms.flatMap((form) => contexts.map((context) => `repo:${form}:${context}`));
}

/** @file A package's README as a registry shows it, where links into the workspace lead nowhere. */

import { posix } from 'node:path'
import type { PublishedPackage } from './published-manifest.ts'

/**
 * `text` with links into the workspace made absolute, at the tag of this version. Without a repository such a link
 * becomes its words.
 * @param repository address of the repository's page, or ''
 */
export function publishedReadme(text: string, { folder, manifest }: PublishedPackage, repository: string): string {
  return text.replace(/\[([^\]]+)\]\((\.[^)#]*)(#[^)]*)?\)/g, (_, words: string, path: string, anchor = '') =>
    repository === ''
      ? words
      : `[${words}](${repository}/blob/v${manifest.version}/${posix.join(folder, path)}${anchor})`,
  )
}

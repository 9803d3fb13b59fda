/** @file Writers of the library as a process: `library-run.ts artifact|fetch FOLDER USERS`. */

import { fetchArchive, writeArtifact } from './commands.ts'

const [what, folder, users] = process.argv.slice(2) as [string, string, string]
await (what === 'fetch' ? fetchArchive : writeArtifact)(folder, Number(users))

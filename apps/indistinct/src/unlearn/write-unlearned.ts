/** @file The files of `unlearn`, which appear together or not at all. */

import { writingFiles } from '#signals'
import { badData, jsonText, commitFiles, fileError, sha256, stageFile, type StagedFile } from '@indistinct/core'
import { basename, readFileSync } from '@indistinct/core/platform'
import { stageTable } from '@indistinct/embeddings'
import { reportHtml } from '@indistinct/report'
import { makeDelta } from '@indistinct/unlearners'
import { exportedFiles } from '../filing/filing-options.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { ownersOnly } from './fit-file.ts'
import { unlearnReport } from './unlearn-report.ts'
import { sidecarOf } from './unlearn-request.ts'
import { sidecarJson, type Outputs } from './unlearn-result.ts'
import type { UnlearnedTables } from './unlearned-tables.ts'

/**
 * Writes tables, sidecars, the report and what else was asked for. All files are complete before the first gets its
 * name, and tables get it last: a failure half way leaves what was there. Returns the tables' files, and each table's
 * for the result.
 */
export async function writeUnlearned(
  unlearning: UnlearnedTables,
): Promise<{ files: readonly StagedFile[]; outputs: readonly Outputs[] }> {
  const { request, made, fit } = unlearning
  const { page, force, delta } = request
  return writingFiles(async () => {
    const files: StagedFile[] = []
    const beside: StagedFile[] = []
    const stage = (path: string, content: string | Uint8Array, mode?: number): FileRecord => {
      const file = stageFile(path, content, { replace: force, mode })
      beside.push(file)
      return fileRecord(file)
    }
    try {
      const outputs = made.map(({ path, out, table, input }, at) => {
        const staged = stageTable(out, table, { force })
        files.push(...staged)
        const roles = ['table', 'ids']
        const output: Record<string, FileRecord> = Object.fromEntries(
          staged.map((file, f) => [roles[f]!, fileRecord(file)]),
        )
        if (delta !== undefined)
          output['delta'] = stage(delta, deltaOf(path, input['table']!.sha256, staged[0]!.temporary))
        if (fit !== undefined) output['fit'] = stage(request.fit!, fit, ownersOnly)
        stage(sidecarOf(out), jsonText(sidecarJson(unlearning, at, output), 2))
        return output
      })
      const report = unlearnReport(unlearning, outputs)
      stage(page, reportHtml(report))
      for (const { path, content } of exportedFiles(report, request.export)) stage(path, content)
      commitFiles([...beside, ...[...files].reverse()])
      return { files, outputs }
    } finally {
      for (const file of [...files, ...beside]) file.discard()
    }
  })
}

/** What brings back the bytes of the table that was read from `path`. */
function deltaOf(path: string, digest: string, unlearned: string): Uint8Array {
  const original = bytesOf(path)
  if (sha256(original) !== digest) throw badData(`${path}: the file changed while it was being unlearned; run again`)
  return makeDelta(original, bytesOf(unlearned))
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}

function fileRecord({ path, sha256 }: StagedFile): FileRecord {
  return { file: basename(path), sha256 }
}

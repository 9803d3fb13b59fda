/** @file A place for tests to run stage runners in, one artifact a folder. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeArtifact } from '../store/artifact-folder.ts'
import type { StageContext } from '../store/stage-context.ts'

export interface StagePlace {
  /** The folder of the artifact `name`. */
  at(name: string): string
  make(
    stage: StageContext['stage'],
    name: string,
    runner: { run(context: StageContext): Promise<void> },
    parameters: StageContext['parameters'],
    upstream?: Record<string, string>,
  ): Promise<void>
  remove(): void
}

export function stagePlace(): StagePlace {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-stage-'))
  const at = (name: string): string => join(folder, name)
  return {
    at,
    make: (stage, name, runner, parameters, upstream = {}) =>
      makeArtifact(at(name), (artifact) =>
        runner.run({ id: name, stage, root: at(name), parameters, upstream, artifact, progress: () => {} }),
      ),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** @file The thread that does the work of one task, so that the page never waits. It is ended with its task. */

import './take-same-math.ts'
import { provideFile, providedFiles, readFileSync } from '@indistinct/core/memory-files'
import { attributeColumns } from '@indistinct/embeddings'
import { provideXgboost } from '@indistinct/xgboost/browser'
import { exitCodeOf, runInPage, type Log } from 'indistinct/in-page'
import xgboostScript from 'ml-xgboost/dist/wasm/xgboost.js?raw'
import xgboostWasm from 'ml-xgboost/dist/wasm/xgboost.wasm?base64'
import { browserName } from './browser-name.ts'
import { exampleFiles } from './example.ts'
import type { NamedFile, Report, Task } from './messages.ts'

const report = (message: Report): void => postMessage(message)

onmessage = async ({ data }: MessageEvent<Task>) => {
  try {
    await work(data)
  } catch (error) {
    const exitCode = exitCodeOf(error)
    const { message, stack } = error as Error
    report({ kind: 'failed', message: exitCode === 1 ? (stack ?? message) : message, exitCode })
  }
}

async function work(task: Task): Promise<void> {
  switch (task.kind) {
    case 'columns':
      provideFile(task.file.name, task.file.content)
      return report({ kind: 'columns', ...(await attributeColumns(task.file.name)) })
    case 'example':
      return report({ kind: 'files', files: exampleFiles() })
    case 'command':
      return runCommand(task.arguments, task.files)
    default:
      throw new RangeError(`worker: unexpected task ${String((task satisfies never as Task).kind)}`)
  }
}

async function runCommand(args: readonly string[], files: readonly NamedFile[]): Promise<void> {
  provideXgboost({ script: xgboostScript, wasm: bytesOf(xgboostWasm), version: VERSIONS.xgboost })
  for (const { name, content } of files) provideFile(name, content)
  const given = new Set(providedFiles())
  let result = ''
  let exitCode = 0
  await runInPage({
    version: VERSIONS.indistinct,
    browser: browserName(navigator.userAgent),
    arguments: args,
    log: log(),
    onResult: (text) => (result += text),
    onExitCode: (code) => (exitCode = code),
  })
  const written = providedFiles().filter((path) => !given.has(path))
  const made = written.map((path) => ({ name: path.slice(1), content: new Blob([readFileSync(path) as never]) }))
  report({ kind: 'done', result, exitCode, files: made })
}

function log(): Log {
  return {
    info: (text) => report({ kind: 'note', text, warns: false }),
    warn: (text) => report({ kind: 'note', text, warns: true }),
    progress: (label) => ({
      update: (done, total, note = '') => report({ kind: 'progress', label, share: total && done / total, note }),
      end: () => undefined,
    }),
    scored: (label, { attacker, protocol, input, foldedAuc: { value, lower, upper } }) =>
      report({ kind: 'scored', label, attack: { attacker, protocol, input, foldedAuc: { value, lower, upper } } }),
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

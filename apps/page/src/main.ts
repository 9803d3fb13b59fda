/** @file The page: files, choices, work and results, one below the other. */

import { checkedView, type CheckedInputs } from './check-view.ts'
import { choicesView } from './choices-view.ts'
import { element, replace } from './dom.ts'
import { fileField } from './files-view.ts'
import type { NamedFile, Report, Task } from './messages.ts'
import { progressView } from './progress-view.ts'
import { auditedView, unlearnedView, type Finished } from './results-view.ts'
import { runTask } from './run-task.ts'
import {
  auditArguments,
  checkArguments,
  commandText,
  filesOf,
  firstChoices,
  isComplete,
  unlearnArguments,
  type Choices,
} from './state.ts'

const tables = '.npy,.npz,.parquet,.safetensors,.csv,.tsv,.txt,.vec'
let choices: Choices = firstChoices
/** Ends the task that is at work. */
let endTask: (() => void) | undefined
let isChecked = false

const table = fileField({
  label: 'Table of users',
  hint: 'npy, npz, Parquet, safetensors, CSV or word2vec: one row a user',
  accept: tables,
  onFile: (file) => change({ table: file }),
})
const attributes = fileField({
  label: 'Labels',
  hint: 'CSV, Parquet or npz: a column of ids and one of the attribute',
  accept: '.csv,.tsv,.parquet,.npz',
  onFile: (file) => void takeLabels(file),
})
const fields = choicesView((change_) => change(change_))
const checkPlace = element('div', { 'aria-live': 'polite' })
const work = element('section', { 'aria-labelledby': 'work', hidden: true })
const heading = element('h2', { id: 'work', tabindex: -1 })
const workPlace = element('div')
work.append(heading, workPlace)
const audit = element('button', { type: 'button', class: 'main', disabled: true, onclick: startAudit }, 'Audit')
const unlearn = element(
  'button',
  { type: 'button', disabled: true, onclick: startUnlearning },
  'Unlearn, and audit before and after',
)

function change(changed: Partial<Choices>): void {
  choices = { ...choices, ...changed }
  table.show(choices.table)
  attributes.show(choices.attributes)
  fields.show(choices)
  if (Object.keys(changed).some((name) => name !== 'method' && name !== 'holds' && name !== 'held')) check()
  else showButtons()
}

function showButtons(): void {
  audit.disabled = unlearn.disabled = !isChecked
}

async function takeLabels(file: NamedFile): Promise<void> {
  change({ attributes: file, columns: [], attribute: undefined, idColumn: '' })
  run({ kind: 'columns', file }, (report) => {
    if (report.kind === 'failed') return replace(checkPlace, failure(report.message))
    if (report.kind !== 'columns') return
    const { names, idColumn } = report
    change({ columns: names, attribute: names.find((name) => name !== idColumn) })
  })
}

function takeExample(): void {
  run({ kind: 'example' }, (report) => {
    if (report.kind === 'failed') return replace(checkPlace, failure(report.message))
    if (report.kind !== 'files') return
    const [users, people] = report.files
    choices = { ...firstChoices, table: users, columns: ['id', 'gender'] }
    change({ attributes: people, attribute: 'gender' })
  })
}

/** One task at a time: another one ends it. */
function run(task: Task, onReport: (report: Report) => void): void {
  endTask?.()
  endTask = runTask(task, onReport)
}

function check(): void {
  isChecked = false
  showButtons()
  if (!isComplete(choices)) {
    endTask?.()
    return replace(checkPlace)
  }
  const asked = choices
  replace(checkPlace, element('p', { class: 'soft' }, 'Reading both files'))
  run({ kind: 'command', arguments: checkArguments(asked), files: filesOf(asked) }, (report) => {
    if (report.kind === 'failed') replace(checkPlace, failure(report.message))
    if (report.kind !== 'done') return
    isChecked = true
    showButtons()
    replace(checkPlace, checkedView(JSON.parse(report.result) as CheckedInputs, asked))
  })
}

function startAudit(): void {
  start('Audit', auditArguments(choices), auditedView)
}

function startUnlearning(): void {
  start('Unlearning', unlearnArguments(choices), unlearnedView)
}

function start(title: string, words: readonly string[], view: (finished: Finished) => HTMLElement): void {
  const command = commandText(words)
  const stop = (): void => {
    endTask?.()
    finish(`${title} stopped`, element('p', {}, 'Nothing was written. The files are still here: start again.'))
  }
  const progress = progressView(title, stop)
  const notes: string[] = []
  work.hidden = false
  heading.textContent = title
  replace(workPlace, progress.node)
  work.scrollIntoView({ block: 'start' })
  audit.disabled = unlearn.disabled = true
  run({ kind: 'command', arguments: words, files: filesOf(choices) }, (report) => {
    if (report.kind === 'note' && report.warns) notes.push(report.text)
    else if (report.kind === 'failed') finish(`${title} refused`, failure(report.message))
    else if (report.kind === 'done') finish(`${title} done`, view({ ...report, command }))
    else progress.show(report)
  })
}

function finish(title: string, content: HTMLElement): void {
  heading.textContent = title
  replace(workPlace, content)
  heading.focus()
  showButtons()
}

function failure(message: string): HTMLElement {
  return element('p', { class: 'failure', role: 'alert' }, message)
}

document
  .getElementById('main')!
  .append(
    element(
      'section',
      { 'aria-labelledby': 'files' },
      element('h2', { id: 'files' }, 'Files'),
      element('div', { class: 'drops' }, table.node, attributes.node),
      element('button', { type: 'button', onclick: takeExample }, 'Take example data'),
      element(
        'p',
        { class: 'soft' },
        'The example is 400 made-up users, whose gender was planted in three dimensions.',
      ),
    ),
    fields.node,
    element(
      'section',
      { 'aria-labelledby': 'before' },
      element('h2', { id: 'before' }, 'Before the work'),
      checkPlace,
      element('div', { class: 'row' }, audit, unlearn),
    ),
    work,
  )
change({})
// A file that misses its field would replace the page.
for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault())

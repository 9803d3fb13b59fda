/** @file Where files are dropped or chosen. */

import { element, replace } from './dom.ts'
import type { NamedFile } from './messages.ts'

export interface FileField {
  readonly label: string
  readonly hint: string
  /** Extensions, for the dialog that chooses a file. */
  readonly accept: string
  readonly onFile: (file: NamedFile) => void
}

/** A field that takes a dropped or chosen file, and a function that shows which one it has. */
export function fileField({ label, hint, accept, onFile }: FileField): {
  readonly node: HTMLElement
  show(file: NamedFile | undefined): void
} {
  const shown = element('span', { class: 'chosen' })
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0]
    if (file) onFile({ name: file.name, content: file })
  }
  const input = element('input', { type: 'file', accept, onchange: () => take(input.files) })
  const node = element(
    'label',
    {
      class: 'drop',
      ondragover: (event: DragEvent) => {
        event.preventDefault()
        node.classList.add('over')
      },
      ondragleave: () => node.classList.remove('over'),
      ondrop: (event: DragEvent) => {
        event.preventDefault()
        node.classList.remove('over')
        take(event.dataTransfer?.files)
      },
    },
    element('span', { class: 'label' }, label),
    element('span', { class: 'hint' }, hint),
    input,
    shown,
  )
  return {
    node,
    show(file) {
      replace(shown, file ? `${file.name}, ${size(file.content.size)}` : 'No file yet')
      node.classList.toggle('has-file', file !== undefined)
    },
  }
}

function size(bytes: number): string {
  if (bytes < 1e5) return `${(bytes / 1e3).toFixed(1)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

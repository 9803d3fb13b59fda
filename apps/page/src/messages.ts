/** @file What the page and its worker say to each other. */

/** A file under the name that the command line would know it by. */
export interface NamedFile {
  readonly name: string
  readonly content: Blob
}

export type Task =
  | { readonly kind: 'columns'; readonly file: NamedFile }
  | { readonly kind: 'example' }
  | {
      readonly kind: 'command'
      /** As the command line has them. */
      readonly arguments: readonly string[]
      readonly files: readonly NamedFile[]
    }

/** An attack whose users are scored. */
export interface Scored {
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly foldedAuc: { readonly value: number; readonly lower: number; readonly upper: number }
}

export type Report =
  | { readonly kind: 'columns'; readonly names: readonly string[]; readonly idColumn?: string }
  | { readonly kind: 'files'; readonly files: readonly NamedFile[] }
  | { readonly kind: 'note'; readonly text: string; readonly warns: boolean }
  | { readonly kind: 'progress'; readonly label: string; readonly share: number | undefined; readonly note: string }
  | { readonly kind: 'scored'; readonly label: string; readonly attack: Scored }
  /** The end of a command: its result, and the files that it wrote. */
  | {
      readonly kind: 'done'
      readonly result: string
      readonly exitCode: number
      readonly files: readonly NamedFile[]
    }
  | { readonly kind: 'failed'; readonly message: string; readonly exitCode: number }

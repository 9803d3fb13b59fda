/** @file What a template is, and the places of a package that a new component is named in. */

import { posix } from 'node:path'
import { format } from 'prettier'

/** The part of an Nx Tree that generators use. */
export interface Tree {
  exists(path: string): boolean
  read(path: string, encoding: 'utf8'): string | null
  write(path: string, text: string): void
}

export interface Names {
  /** As in `my-component`: file, and name by which it is chosen. */
  readonly kebab: string
  /** As in `myComponent`: values. */
  readonly camel: string
  /** As in `MyComponent`: types. */
  readonly pascal: string
}

export interface Component {
  /** Where its file goes, such as packages/losses/src. */
  readonly folder: string
  readonly source: string
  readonly test: string
  /** What the line that names it takes from the new file. */
  readonly exports: string
  /** Where that line stands: the table of its kind, by which it is known by name. The package's index where absent. */
  readonly table?: { readonly file: string; readonly name: string; readonly entry: string }
  readonly row: { readonly file: string; readonly heading?: string; readonly cells: readonly string[] }
}

/**
 * Writes source and test, and names the component in its table or index and in the docs: four files, no more.
 * @throws Error where a file of that name is there, or a place to edit is not as expected.
 */
export async function addComponent(tree: Tree, { kebab }: Names, component: Component): Promise<void> {
  const { folder, row, table } = component
  const source = `${folder}/${kebab}.ts`
  if (tree.exists(source)) throw new Error(`generate: expected a new name, got ${kebab}: ${source} is there already`)
  await write(tree, source, component.source)
  await write(tree, `${folder}/${kebab}.test.ts`, component.test)
  const listed = table?.file ?? `${/^.*?\/src(?=\/|$)/.exec(folder)![0]}/index.ts`
  const path = posix.relative(posix.dirname(listed), source)
  const specifier = path.startsWith('.') ? path : `./${path}`
  await edit(tree, listed, (text) =>
    table ? withEntry(text, table, specifier, component.exports) : withExport(text, specifier, component.exports),
  )
  await edit(tree, row.file, (text) => withRow(text, row.heading, row.cells))
}

async function edit(tree: Tree, file: string, change: (text: string) => string): Promise<void> {
  const text = tree.read(file, 'utf8')
  if (text === null) throw new Error(`generate: expected the file ${file}, got none`)
  await write(tree, file, change(text))
}

/** Sources are written as the formatter would: a template need not know how long a name makes a line. */
async function write(tree: Tree, file: string, text: string): Promise<void> {
  const style: unknown = JSON.parse(tree.read('.prettierrc.json', 'utf8') ?? '{}')
  tree.write(file, file.endsWith('.ts') ? await format(text, { ...(style as object), filepath: file }) : text)
}

/** The index with one more line, before the first file of its folder that sorts after the new one. */
function withExport(index: string, specifier: string, names: string): string {
  const lines = index.trimEnd().split('\n')
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  const fileOf = (line: string): string => / from '(.+)'$/.exec(line)?.[1] ?? ''
  const own = [...lines.keys()].filter((at) => folderOf(fileOf(lines[at]!)) === folderOf(specifier))
  // An export of several lines ends with its file: the new line goes after the one before.
  const before = own.filter((at) => fileOf(lines[at]!) < specifier).at(-1)
  const after = before === undefined ? firstLine(lines, own[0] ?? lines.length) : before + 1
  lines.splice(after, 0, `export { ${names} } from '${specifier}'`)
  return `${lines.join('\n')}\n`
}

/** The text with one more import, and one more entry at the end of the array or object `name`. */
function withEntry(
  text: string,
  { file, name, entry }: NonNullable<Component['table']>,
  specifier: string,
  names: string,
): string {
  const table = new RegExp(`(\\n(?:export )?const ${name}\\b[^=]*= [[{])([^\\]}]*)(?=[\\]}])`)
  const imports = text.lastIndexOf('\nimport ')
  if (imports < 0 || !table.test(text)) throw new Error(`generate: expected imports and a table ${name} in ${file}`)
  const filled = text.replace(table, (_, head: string, entries: string) => {
    const before = entries.trimEnd()
    return `${head}${before}${before === '' || before.endsWith(',') ? '' : ','}\n${entry},\n`
  })
  return `${filled.slice(0, imports)}\nimport { ${names} } from '${specifier}'${filled.slice(imports)}`
}

/** Where the export begins that ends at line `at`. */
function firstLine(lines: readonly string[], at: number): number {
  let first = at
  while (first > 0 && !lines[first]?.startsWith('export ')) first--
  return first
}

/** The text with one more row under the first table that follows `heading`, or under its first table. */
function withRow(text: string, heading: string | undefined, cells: readonly string[]): string {
  const lines = text.split('\n')
  const section = heading === undefined ? 0 : lines.findIndex((line) => line.startsWith(`## ${heading}`))
  const table = lines.findIndex((line, at) => section >= 0 && at >= section && line.startsWith('|'))
  if (table < 0)
    throw new Error(
      `generate: expected a table${heading === undefined ? '' : ` under "${heading}"`} in the docs, got none`,
    )
  let end = table
  while (lines[end]?.startsWith('|')) end++
  lines.splice(end, 0, `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

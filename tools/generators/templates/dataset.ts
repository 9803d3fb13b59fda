/** @file Template of a data set: a reader of one CSV file of the user's own, loaded by name. */

import type { Component, Names } from '../src/component.ts'

export function dataset({ kebab, camel, pascal }: Names): Component {
  return {
    folder: 'packages/datasets/src/sets',
    exports: camel,
    table: { file: 'packages/datasets/src/known-datasets.ts', name: 'byName', entry: `'${kebab}': ${camel}` },
    row: {
      file: 'docs/methods.md',
      heading: 'Data sets',
      cells: [`\`${kebab}\``, `${kebab}.csv: one row of user, item and gender for each interaction`],
    },
    source: `/** @file The ${kebab} data set: one CSV of user, item, gender. */

import { badData, encodeLabels } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import { CodeBook } from '../rows/code-book.ts'
import { readCsvRows } from '../rows/csv-rows.ts'
import type { Dataset } from '../dataset.ts'
import type { FileDataset } from '../known-dataset.ts'

const file = '${kebab}.csv'
const advice = 'correct the file'

/**
 * Reads interactions from the bytes of ${kebab}.csv; an empty gender is an unknown one.
 * @throws IndistinctError 'bad-data' that names row and column; also when a user has two genders.
 */
export function read${pascal}(files: { readonly '${kebab}.csv': Uint8Array }): Dataset {
  const { rows, place } = readCsvRows(files[file], { file, columns: ['user', 'item', 'gender'], advice })
  const users = new CodeBook()
  const items = new CodeBook()
  const genders: string[] = []
  const pairUsers = new Int32Array(rows.length)
  const pairItems = new Int32Array(rows.length)
  rows.forEach(([user, item, gender], r) => {
    if (user === '' || item === '') {
      const column = user === '' ? 'user' : 'item'
      throw badData(\`\${place(r)}, column \${column}: expected an id, got an empty field; \${advice}\`)
    }
    const code = users.add(user!)
    if (code === genders.length) genders.push(gender!)
    else if (genders[code] !== gender)
      throw badData(
        \`\${place(r)}, column gender: expected \${genders[code]} as before for user \${user}, \` +
          \`got \${gender}; \${advice}\`,
      )
    pairUsers[r] = code
    pairItems[r] = items.add(item!)
  })
  return assembleDataset({
    name: '${kebab}',
    users: users.names,
    items: items.names,
    pairUsers,
    pairItems,
    attributes: { gender: encodeLabels(genders.map((gender) => (gender === '' ? null : gender))) },
  })
}

/**
 * What is known of it, and how it is read. With a digest and a \`download\`, \`indistinct data fetch\` can fetch and
 * check it. \`counts\` tells a file that was cut short.
 */
export const ${camel}: FileDataset<'${kebab}.csv'> = {
  name: '${kebab}',
  title: '${kebab}: users, items and genders',
  kind: 'real',
  licence: 'not stated: see where the file came from',
  folder: '${kebab}',
  files: [{ name: file }],
  derived: 'the file is not published',
  read: read${pascal},
}
`,
    test: `import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadDataset } from '../load.ts'
import { read${pascal} } from './${kebab}.ts'

const text = 'user,item,gender\\n7,a,F\\n7,b,F\\n3,b,M\\n9,a,\\n7,a,F\\n'

describe('read${pascal}', () => {
  test('reads users, items and genders, and drops duplicates', () => {
    const { users, items, interactions, attributes, notes } = read${pascal}({ '${kebab}.csv': Buffer.from(text) })
    expect([users, items]).toEqual([['7', '3', '9'], ['a', 'b']])
    expect([[...interactions.users], [...interactions.items]]).toEqual([[0, 0, 1, 2], [0, 1, 1, 0]])
    expect(attributes['gender']).toEqual({ classes: ['F', 'M'], codes: Int32Array.of(0, 1, -1) })
    expect(notes).toEqual(['1 duplicate user-item row dropped'])
  })

  test('is loaded by its name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'indistinct-'))
    mkdirSync(join(folder, '${kebab}'))
    writeFileSync(join(folder, '${kebab}', '${kebab}.csv'), text)
    expect((await loadDataset('${kebab}', { dataFolder: folder })).users.length).toBe(3)
    rmSync(folder, { recursive: true })
  })

  test.each([
    ['user,item\\n1,a\\n', '${kebab}.csv, row 1: expected a column "gender"'],
    ['user,item,gender\\n,a,F\\n', '${kebab}.csv, row 2, column user: expected an id, got an empty field'],
    [
      'user,item,gender\\n1,a,F\\n1,b,M\\n',
      '${kebab}.csv, row 3, column gender: expected F as before for user 1, got M',
    ],
  ])('refuses %j', (broken, message) => {
    const refused = { code: 'bad-data', message: expect.stringContaining(message) as string }
    expect(() => read${pascal}({ '${kebab}.csv': Buffer.from(broken) })).toThrow(expect.objectContaining(refused))
  })
})
`,
  }
}

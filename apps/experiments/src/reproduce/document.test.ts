import { expect, test } from 'vitest'
import { latexOf, markdownOf, type Page } from './document.ts'

const page: Page = {
  title: 'Table 9',
  introduction: ['Made here.'],
  blocks: [
    { heading: 'A: first', columns: ['method', 'hits/min(k,|T|)'], rows: [['U2U-R', '50 %']] },
    { heading: 'A: second', note: 'A note.', columns: ['method', 'n'], rows: [['x_y', '> 2']] },
  ],
  notes: ['One.'],
}

test('Markdown has a section a data set, and escapes bars', () => {
  expect(markdownOf(page)).toBe(`# Table 9

Made here.

## A

### first

| method | hits/min(k,\\|T\\|) |
| --- | --: |
| U2U-R | 50 % |

### second

A note.

| method | n |
| --- | --: |
| x_y | > 2 |

## Notes

- One.
`)
})

test('LaTeX has a tabular a block, and escapes what LaTeX reads', () => {
  const text = latexOf(page)
  expect(text.match(/\\begin\{tabular\}\{lr\}/g)).toHaveLength(2)
  expect(text).toContain('U2U-R & 50 \\% \\\\')
  expect(text).toContain('x\\_y & $>$ 2 \\\\')
  expect(text).toContain('hits/min(k,\\textbar{}T\\textbar{})')
  expect(text).toContain('\\caption{Table 9. A: second. A note.}')
  expect(text).toMatch(/^% Made here\.\n% One\.\n/)
})

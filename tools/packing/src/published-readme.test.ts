import { expect, test } from 'vitest'
import { publishedReadme } from './published-readme.ts'

const core = {
  folder: 'packages/core',
  manifest: { name: '@indistinct/core', version: '1.2.3', description: '', license: '', type: 'module', engines: {} },
  schemas: [],
}
const text = 'See [limits](../../docs/security.md#limits), [below](#below), [npm](https://example.org/a) and [b](b.md).'

test('links into the workspace lead to the tag of the version, all others stay', () => {
  expect(publishedReadme(text, core, 'https://example.org/team/project')).toBe(
    'See [limits](https://example.org/team/project/blob/v1.2.3/docs/security.md#limits), [below](#below), ' +
      '[npm](https://example.org/a) and [b](b.md).',
  )
})

test('without a repository they become their words', () => {
  expect(publishedReadme(text, core, '')).toBe(
    'See limits, [below](#below), [npm](https://example.org/a) and [b](b.md).',
  )
})

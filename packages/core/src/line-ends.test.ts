import { expect, test } from 'vitest'
import { lineEnds } from './index.ts'

test.each([
  ['a,b\n1,2\r\n', ['\r\n', '\n']],
  ['a,b\r\n1,2\n', ['\r\n', '\n']],
  ['a,b\r1,2\r', ['\r']],
  ['"a\nb",c\r1,2\r', ['\r']],
  ['"a\rb",c\n1,2\r', ['\r\n', '\n']],
  ['a,b', ['\r\n', '\n']],
])('lines of %j end in %j', (head, ends) => expect(lineEnds(head)).toEqual(ends))

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileKernels, generatedPath } from '../build.js'

test('the committed kernels are what assembly/ compiles to', async () => {
  expect((await compileKernels()).equals(readFileSync(generatedPath)), 'run: npm run kernels').toBe(true)
})

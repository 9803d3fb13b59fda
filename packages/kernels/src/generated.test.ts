import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileKernels, generatedPath, kernelsText, textPath } from '../build.js'

test('the committed kernels are what assembly/ compiles to', async () => {
  expect((await compileKernels()).equals(readFileSync(generatedPath)), 'run: npm run kernels').toBe(true)
  expect(readFileSync(textPath, 'utf8') === kernelsText(readFileSync(generatedPath)), 'run: npm run kernels').toBe(true)
})

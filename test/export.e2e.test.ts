import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { indistinct } from '../apps/indistinct/src/end-to-end/spawned-cli.ts'

const page = readFileSync(fileURLToPath(new URL('../docs/export.md', import.meta.url)), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'indistinct-export-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The first block of Python under the heading `title`. */
function python(title: string): string {
  return new RegExp(`^## ${title}$.*?^\`\`\`python\\n(.*?)^\`\`\`$`, 'ms').exec(page)![1]!
}

function ran(program: string): string {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

const present = spawnSync('/usr/bin/python3', ['-c', 'import torch']).status === 0
if (!present) console.log('/usr/bin/python3 has no torch: the lines for PyTorch are not run')

describe.runIf(present)('the lines of docs/export.md for PyTorch', () => {
  const model = [
    'import torch',
    'torch.manual_seed(3)',
    'class model: user = torch.nn.Embedding(200, 8)',
    "ids = [f'u{row:03}' for row in range(200)]",
    'model.user.weight.data[:, 0] += torch.arange(200) % 2 * 3',
    'people = [f\'{id},{"FM"[row % 2]}\\n\' for row, id in enumerate(ids)]',
    "open('people.csv', 'w').write('id,gender\\n' + ''.join(people))",
  ].join('\n')

  test('write a table that the command line reads, hides and gives back', async () => {
    ran(`${model}\n${python('PyTorch')}`)
    const labels = ['--attributes', 'people.csv', '--attribute', 'gender', '--quiet']
    const { code, stderr } = await indistinct(['unlearn', 'users.npz', ...labels, '--out', 'unlearned.npz'], {
      cwd: folder,
    })
    expect([code, stderr]).toEqual([0, ''])
    const moved = ran(
      `${model}\nbefore = model.user.weight.detach().clone()\n${python('The way back')}\n` +
        'after = model.user.weight.detach()\n' +
        'gap = lambda table: float(table[1::2, 0].mean() - table[0::2, 0].mean())\n' +
        'print(tuple(after.shape), gap(before) > 2.5, abs(gap(after)) < 0.8)',
    )
    expect(moved).toBe('(200, 8) True True\n')
  })
})

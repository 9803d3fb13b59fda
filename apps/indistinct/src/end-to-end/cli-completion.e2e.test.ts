import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { binary, indistinct } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-completion-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'bin'))
writeFileSync(join(folder, 'bin', 'indistinct'), `#!/bin/sh\nexec ${process.execPath} ${binary} "$@"\n`)
chmodSync(join(folder, 'bin', 'indistinct'), 0o755)
writeFileSync(join(folder, 'users.csv'), 'id,d0\n')
const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb', PS1: 'READY> ' }

/**
 * A shell on a terminal of its own, to which keys are sent; `wait` ends when what came since the last one holds `text`.
 */
function terminal(command: string): { send(keys: string): void; wait(text: string): Promise<void>; end(): void } {
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let seen = ''
  let onText = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
    onText()
  })
  return {
    send: (keys) => void child.stdin.write(keys),
    wait: (text) =>
      new Promise((resolve) => {
        onText = () => {
          const at = seen.indexOf(text)
          if (at < 0) return
          seen = seen.slice(at + text.length)
          resolve()
        }
        onText()
      }),
    end: () => void child.kill('SIGKILL'),
  }
}

function missing(...commands: string[]): boolean {
  const absent = commands.filter((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
  if (absent.length > 0) console.log(`completion in a shell is not tested: ${absent.join(' and ')} not found`)
  return absent.length > 0
}

const typed: [string, string][] = [
  ['indistinct unl', 'indistinct unlearn '],
  ['indistinct unlearn users.csv --method=gau', '--method=gaussian-transport '],
  ['indistinct audit --attackers mlp,lo', '--attackers mlp,logistic'],
  ['indistinct audit --attributes us', '--attributes users.csv '],
]

async function completesAll(name: string, start: string, load: string, loaded: string): Promise<void> {
  writeFileSync(join(folder, `${name}.sh`), (await indistinct(['completion', name], { cwd: folder })).stdout)
  const shell = terminal(start)
  try {
    shell.send(`${load}\n`)
    await shell.wait(loaded)
    for (const [keys, line] of typed) {
      shell.send(`${keys}\t`)
      await shell.wait(line)
      // Ctrl-U: an empty line for the next.
      shell.send('\x15')
    }
  } finally {
    shell.end()
  }
}

test.skipIf(missing('bash', 'script'))('bash completes commands, flags, values and files', () =>
  completesAll('bash', 'bash --noprofile --norc -i', 'source ./bash.sh; echo loaded', '\nloaded'),
)

test.skipIf(missing('zsh', 'script'))('zsh completes the same', () =>
  completesAll(
    'zsh',
    'zsh -f -i',
    'autoload -U compinit; compinit -u; unsetopt zle_bracketed_paste; source ./zsh.sh; echo load""ed',
    'loaded',
  ),
)

test('the shell is chosen by name, else by SHELL', async () => {
  expect((await indistinct(['completion'], { cwd: folder, env: { SHELL: '/usr/bin/zsh' } })).stdout).toContain(
    '#compdef',
  )
  expect((await indistinct(['completion', 'fish'], { cwd: folder })).stderr).toContain(
    'expected one of bash, zsh, got "fish"',
  )
})

/** @file `indistinct completion`: the script that lets bash or zsh complete commands, flags and their values. */

import type { CommandModule } from 'yargs'
import { described } from '../terminal/command-help.ts'
import { completionFlag } from '../terminal/completion-flag.ts'

const shells = ['bash', 'zsh'] as const

type Shell = (typeof shells)[number]

/**
 * bash breaks words at "=" and ":", so the line is split anew, and what stands before the last break is cut off again.
 */
const bashScript = `# indistinct: completion for bash. Install: indistinct completion bash >> ~/.bashrc
_indistinct() {
  local line="\${COMP_LINE:0:COMP_POINT}" current="\${COMP_WORDS[COMP_CWORD]}" words word prefix
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  word="\${words[\${#words[@]}-1]}"
  [[ "$current" == "=" ]] && current=""
  prefix="\${word%"$current"}"
  local IFS=$'\\n'
  COMPREPLY=( $("\${COMP_WORDS[0]}" ${completionFlag} "\${words[@]:1}" 2>/dev/null) )
  COMPREPLY=( "\${COMPREPLY[@]#"$prefix"}" )
  # A list goes on after a comma, and a path is not finished at its first folder.
  [[ "$word" == *,* ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o bashdefault -o default -F _indistinct indistinct
`

const zshScript = `#compdef indistinct
# indistinct: completion for zsh. Install: indistinct completion zsh >> ~/.zshrc
_indistinct() {
  local -a found
  found=("\${(@f)$("\${words[1]}" ${completionFlag} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then
    compadd -Q -- "\${found[@]}"
  else
    [[ "\${words[CURRENT]}" == --*=* ]] && compset -P '*='
    _files
  fi
}
compdef _indistinct indistinct
`

export const completionCommand: CommandModule<object, { shell?: Shell }> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'completion SHELL',
      examples: ['completion bash >> ~/.bashrc', 'completion zsh >> ~/.zshrc'],
    }).positional('shell', { describe: 'default: the one that SHELL names', choices: shells }) as never,
  handler: ({ shell = process.env['SHELL']?.includes('zsh') ? 'zsh' : 'bash' }) =>
    void process.stdout.write(shell === 'zsh' ? zshScript : bashScript),
}

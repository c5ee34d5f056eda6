import { completeWord, fileDirective } from './print-completions.ts'

/** All of them ask the command itself, so that none has to be installed again when commands are added. */
export const shellScripts = {
  bash: `# slipway's completion for bash. In ~/.bashrc: source <(slipway completion bash)
_slipway() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${fileDirective} ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" ${completeWord} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _slipway slipway`,

  zsh: `#compdef slipway
# slipway's completion for zsh. In ~/.zshrc, after compinit: source <(slipway completion zsh)
_slipway() {
  local line value summary
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" ${completeWord} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ${fileDirective} ]]; then
      _files
      return
    fi
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    summary=\${line#"$value"}
    candidates+=("\${value//:/\\\\:}\${summary:+:\${summary#$'\\t'}}")
  done
  _describe 'slipway' candidates
}
if [[ \${funcstack[1]} == _slipway ]]; then
  _slipway "$@"
else
  compdef _slipway slipway
fi`,

  fish: `# slipway's completion for fish. In ~/.config/fish/config.fish: slipway completion fish | source
function __slipway_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command $words[1] ${completeWord} -- $words[2..-1] 2>/dev/null)
        if test "$line" = ${fileDirective}
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c slipway -f -a '(__slipway_complete)'`,
} as const

# Completion of podium for bash. Use: source <(podium completion bash)
_podium() {
  local line cur=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    [[ $line == "$cur"* ]] && COMPREPLY+=("$line")
  done < <(podium __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _podium podium

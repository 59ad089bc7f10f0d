#compdef podium
# Completion of podium for zsh. Use: podium completion zsh > "${fpath[1]}/_podium"
_podium() {
  local -a candidates
  local word about
  while IFS=$'\t' read -r word about; do
    candidates+=("${word//:/\\:}${about:+:$about}")
  done < <(podium __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#candidates} )); then
    _describe podium candidates
  else
    _files
  fi
}
if [ "$funcstack[1]" = _podium ]; then _podium "$@"; else compdef _podium podium; fi

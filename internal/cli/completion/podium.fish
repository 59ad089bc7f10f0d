# Completion of podium for fish. Use: podium completion fish > ~/.config/fish/completions/podium.fish
function __podium_candidates
    set -l words (commandline -opc)
    podium __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c podium -a '(__podium_candidates)'

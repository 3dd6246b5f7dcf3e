/**
 * Reads candidates from `netlab complete` as the other shells' scripts do. Needs nothing but bash 4.3, evaluates nothing
 * that is typed or offered, and asks the very netlab that is being typed (`./netlab`, too).
 */
export const bashScript = `# bash completion for netlab
_netlab() {
  local words=() word line stem i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # bash splits words at = and :, netlab does not
    if ((i > 1)) && [[ $word == [=:] || \${COMP_WORDS[i - 1]} == [=:] ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  # bash replaces only what stands behind the last = or :
  stem=\${words[-1]%"$2"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :0) compopt -o default ;;
      :*) ;;
      *)
        line=\${line%%$'\\t'*}
        COMPREPLY+=("\${line#"$stem"}")
        ;;
    esac
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _netlab netlab
`;

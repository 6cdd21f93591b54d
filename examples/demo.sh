#!/bin/sh
# The main job on a real policy: offers, a quote, no change, and a refusal with its reasons.
set -eu
cd "$(dirname "$0")/.."

show() {
  printf '\n$ crossgrade %s\n\n' "$*"
  crossgrade "$@"
}

printf '%s\n' 'The network of policies/wp-ultimo: Free and Premium are in one plan group, Basic is in another.'
show check policies/wp-ultimo
show offers policies/wp-ultimo --facts examples/free-member.yaml
show quote policies/wp-ultimo --facts examples/network-member.yaml --plan professional
show quote policies/wp-ultimo --facts examples/network-member.yaml --plan standard
show explain policies/wp-ultimo --facts examples/busy-member.yaml --plan standard

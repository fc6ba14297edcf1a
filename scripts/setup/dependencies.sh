# shellcheck shell=bash
# Sourced by ./scripts/start, stop and test: everything before our own Node can run. It makes the
# checkout the current folder and sets `node`.

checkout=$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")")
cd -- "$checkout" || exit 1
node=$checkout/node_modules/.bin/node

# Inside a function bash stops at errors only where the caller does not test it: hence every `|| …`.
install_dependencies() {
  local version
  version=$(node --version 2>/dev/null) || version=none
  if [[ ! $version =~ ^v([0-9]+)\. ]] || ((BASH_REMATCH[1] < 20)) || ! command -v npm >/dev/null; then
    complain "Berth needs Node.js 20 or newer, with npm; found here: Node $version, npm $(npm --version 2>/dev/null || echo none)." \
      'Debian 13 and Ubuntu 25.04 and newer: sudo apt-get install nodejs npm' \
      'Older ones: https://nodejs.org/en/download'
    return 1
  fi

  # npm writes the copy in node_modules last, so a half-finished installation is done again.
  if [[ ! -e node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
    echo 'Dependencies    installing what package-lock.json lists (npm ci) …'
    # npm keeps its cache at home; not everybody has one.
    if [[ -z ${npm_config_cache-} && ! -w ${HOME:-/nonexistent} ]]; then
      export npm_config_cache=$checkout/.cache/npm
    fi
    # The packages want a newer Node than this npm runs on, and get it from among themselves:
    # --loglevel=error leaves npm's warnings about that out.
    npm ci --no-audit --no-fund --no-progress --no-update-notifier --loglevel=error >/dev/null || {
      complain 'npm could not install the dependencies; its errors are above.' \
        'Correct them and run this again.'
      return 1
    }
  fi

  if [[ ! $("$node" --version 2>/dev/null) =~ ^v26\. ]]; then
    complain 'npm did not install Node 26, which comes as a package that needs its install script.' \
      'Allow it: npm ci --ignore-scripts=false'
    return 1
  fi
  return 0
}

complain() {
  printf '%s\n' "$@" >&2
}

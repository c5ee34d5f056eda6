#!/bin/sh
# Installs the slipway binary: downloads it, checks its SHA-256, and puts it into a folder of yours.
#   sh install.sh [BASE_URL]
# BASE_URL (or SLIPWAY_DOWNLOAD_URL) is the folder of a release's files; the release workflow writes it in below.
# SLIPWAY_INSTALL_DIR is where it goes (default: ~/.local/bin).
set -eu

release_url=''

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

download() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --output "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget --quiet --output-document="$2" "$1"
  else
    fail 'curl or wget is needed to download'
  fi
}

checksum() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail 'sha256sum or shasum is needed to check the download'
  fi
}

# All of it in a function: a script that was cut short while it was piped into sh does nothing.
main() {
  base=${1:-${SLIPWAY_DOWNLOAD_URL:-$release_url}}
  [ -n "$base" ] || fail 'which release? Give the URL of its files: sh install.sh https://…'
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=macos ;;
    *) fail "there is no binary for $(uname -s): install @slipway/cli with npm" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no binary for $(uname -m): install @slipway/cli with npm" ;;
  esac
  name=slipway-$system-$machine
  folder=${SLIPWAY_INSTALL_DIR:-$HOME/.local/bin}

  mkdir -p "$folder"
  # Beside its place, so that the last step is a rename: a binary that is running is never half written.
  work=$(mktemp -d "$folder/.slipway-install.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  download "$base/$name" "$work/slipway" || fail "$base/$name could not be downloaded"
  download "$base/$name.sha256" "$work/sha256" || fail "$base/$name.sha256 could not be downloaded"
  expected=$(cut -d ' ' -f 1 <"$work/sha256")
  actual=$(checksum "$work/slipway")
  [ "$expected" = "$actual" ] || fail "the download is damaged: its SHA-256 is $actual, not $expected"
  chmod 755 "$work/slipway"
  mv "$work/slipway" "$folder/slipway"

  echo "Installed $folder/slipway"
  case :$PATH: in
    *":$folder:"*) ;;
    *) echo "It is not in your PATH yet: export PATH=\"$folder:\$PATH\"" ;;
  esac
}

main "$@"

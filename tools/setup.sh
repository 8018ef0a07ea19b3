#!/usr/bin/env bash
# Makes this machine ready and is quick when it already is:
#
#   tools/setup.sh run     the system libraries a window needs, and .venv with the program
#   tools/setup.sh test    also the development tools, and what the window tests start
#
# System packages are installed where that is allowed (root, or sudo that asks no password); elsewhere
# the one command is printed and the work goes on. PYTHON=... chooses another interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:-run}
offscreen=(libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 fonts-dejavu-core)
window=(libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0)
tests=(xvfb xdotool openbox imagemagick x11-utils gcc libc6-dev dwarves)

case $purpose in
    run) packages=("${offscreen[@]}" "${window[@]}") extras='' ;;
    test) packages=("${offscreen[@]}" "${window[@]}" "${tests[@]}") extras='[dev]' ;;
    *) echo "usage: tools/setup.sh run|test" >&2 && exit 2 ;;
esac

say() { echo "ownerscope: $*" >&2; }
fail() { say "$*" && exit 1; }

# --- Python ---------------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# The first Python that is new enough and can make a venv, else the first that is new enough.
find_python() {
    local name first=''
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        new_enough "$name" || continue
        first=${first:-$name}
        makes_venvs "$name" && echo "$name" && return
    done
    [ -n "$first" ] || fail "needs Python 3.11 or newer; none of ${PYTHON:-python3.13, python3.12," \
        "python3.11, python3} is"
    echo "$first"
}

# What .venv was made from. Another checkout path or interpreter makes it unusable.
venv_key() {
    cksum <pyproject.toml
    pwd -P
    readlink -f .venv/bin/python
}

ready() {
    local stamp
    [ -x .venv/bin/python ] || return
    for stamp in .venv/.ready-test ".venv/.ready-$purpose"; do
        [ -f "$stamp" ] && [ "$(venv_key)" = "$(cat "$stamp")" ] && return
    done
    return 1
}

venv_usable() {
    new_enough .venv/bin/python && grep -qF "$(pwd -P)/.venv/bin/" .venv/bin/pip 2>/dev/null &&
        .venv/bin/python -m pip --version >/dev/null 2>&1
}

install_program() {
    if ! venv_usable; then
        makes_venvs "$python" || fail "$python cannot make a venv without its modules venv and" \
            "ensurepip, which Debian has in $("$python" -c "$venv_package")"
        say "making .venv with $("$python" --version)"
        "$python" -m venv --clear .venv
    fi
    say "installing ownerscope$extras into .venv (the first time downloads about 150 MB)"
    local pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras")
    "${pip[@]}" || { say "once more" && "${pip[@]}"; } || fail "pip could not install it, see above"
    venv_key >".venv/.ready-$purpose"
}

# --- System packages ------------------------------------------------------------------------------

# Newer releases renamed some libraries for 64-bit time: libglib2.0-0 is libglib2.0-0t64 there.
find_missing() {
    local have name
    have=" $(dpkg-query --show --showformat '${db:Status-Status}:${Package} ' \
        "${packages[@]}" "${packages[@]/%/t64}" 2>/dev/null || true)"
    for name in "${packages[@]}"; do
        case $have in
            *" installed:$name "* | *" installed:${name}t64 "*) ;;
            *) missing+=("$name") ;;
        esac
    done
}

use_current_names() {
    local i
    for i in "${!missing[@]}"; do
        if apt-cache show "${missing[i]}t64" >/dev/null 2>&1; then missing[i]+=t64; fi
    done
}

is_root() { [ "$(id -u)" = 0 ]; }
may_install() { is_root || sudo -n true 2>/dev/null; }

apt_get() {
    local sudo=()
    is_root || sudo=(sudo -n)
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" >&2
}

# The package index of a fresh machine is empty, and that of an old one names packages long gone.
# Where the program could start already, one attempt is enough: it must not wait for a dead network.
install_packages() {
    local attempt attempts=3
    if [ "$purpose" = run ] && [ -z "$python" ]; then attempts=1; fi
    say "installing ${missing[*]}"
    for ((attempt = 1; attempt <= attempts; attempt++)); do
        apt_get update || true
        use_current_names
        apt_get install -y --no-install-recommends "${missing[@]}" && return
        say "attempt $attempt of $attempts failed"
        sleep "$attempt"
    done
    return 1
}

provide_packages() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
    find_missing
    [ ${#missing[@]} -gt 0 ] || return 0
    if may_install; then
        install_packages && return
    fi
    use_current_names
    local sudo='sudo '
    is_root && sudo=''
    say "system packages are missing; this installs them:"
    echo "    ${sudo}apt-get update && ${sudo}apt-get install -y ${missing[*]}" >&2
    # Root was expected to manage it. The program goes on without and says itself what it lacks.
    if may_install && [ "$purpose" = test ]; then fail "apt-get failed, see above"; fi
}

venv_package='import sys; print("python%d.%d-venv" % sys.version_info[:2])'
python='' missing=()
if ! ready; then
    python=$(find_python)
    makes_venvs "$python" || packages+=("$("$python" -c "$venv_package")")
fi
provide_packages
if [ -n "$python" ]; then install_program; fi

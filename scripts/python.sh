# Sourced by the other scripts: finds a Python, gets uv.

# Prints the path of a working Python of the version asked for (3.13), from PATH or pyenv; fails where there is none.
find_python() {
    local candidate
    for candidate in "python$1" python3 python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1"*/bin/python3; do
        if "$candidate" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" >/dev/null 2>&1; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

# Sets UV to a uv: the one on PATH, else one of our own in .tools.
get_uv() {
    if [ -x .tools/bin/uv ]; then
        UV=$PWD/.tools/bin/uv
    elif command -v uv >/dev/null; then
        UV=uv
    else
        echo "setup: getting uv" >&2
        python3 -m venv .tools || { echo "setup: python3 can't make a virtual environment; apt-get install python3-venv" >&2; exit 1; }
        .tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r scripts/requirements-uv.txt
        UV=$PWD/.tools/bin/uv
    fi
    export UV UV_LINK_MODE=${UV_LINK_MODE:-copy}
}

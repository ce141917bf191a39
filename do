#!/usr/bin/env bash
# One command for each job; `./do help` names them. Works from any folder, and on a Debian 12 with
# nothing prepared: packages that are missing are installed first.
set -euo pipefail

called_from=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

# Debian packages, by what needs them.
for_building=(g++ cmake ninja-build pkg-config gettext
    libcli11-dev libfmt-dev libqrencode-dev libsimdjson-dev libsodium-dev libspdlog-dev libsqlite3-dev libssl-dev
    libsystemd-dev libtomlplusplus-dev libutf8proc-dev libxxhash-dev doctest-dev
    prometheus-cpp-dev)
for_fuzzing=(clang-19 libclang-rt-19-dev llvm-19)
for_testing=("${for_fuzzing[@]}" clang-format-19 groff-base python3 python3-nacl python3-openssl
    openssl netcat-openbsd ncat socat inetutils-telnet tmux iproute2 nftables)
for_benchmarks=(libbenchmark-dev python3 socat)
for_tidying=(clang-19 clang-tidy-19 python3 libbenchmark-dev)

do_help() {
    cat <<'END'
./do run [ARGUMENTS]           build, start duetd on 127.0.0.1:8000, and say how two people talk
./do test [CTEST ARGUMENTS]    build (with g++; with clang and its sanitizers) and run every test
./do sim [SEED]                live one simulated life; ./do sim --seeds COUNT, many
                               --plant NAME, with a mistake in it; --planted, find them all
./do build                     build the programs into build/bin/
./do fuzz [TARGET] [SECONDS]   look for a parser's mistakes, 60 seconds for each target
./do bench [ARGUMENTS]         measure, against the limit of the machine
./do tidy                      what clang-tidy has to say about every file
./do limits                    write docs/limits.md from base/limits.hpp
./do install [--prefix DIR]    install program, translations and man page (/usr/local)
END
}

do_run() {
    local server secrets
    need "${for_building[@]}"
    build release programs
    build/bin/duetd --data data --listen 127.0.0.1:8000 "$@" >build/first_invitation &
    server=$!
    trap 'kill -TERM "$server"' INT TERM
    until secrets=$(build/bin/duetd --data data invite --pair 2>build/invite.log); do
        kill -0 "$server" 2>/dev/null || fail "duetd does not run; it has said why"
        sleep 0.1
    done
    tell_how_to_talk $secrets
    # A signal ends the first wait; the server's own end the second.
    wait "$server" || wait "$server"
}

tell_how_to_talk() {
    local people
    people=$(build/bin/duetd --data data people)
    printf '\nType in a second terminal\n\n'
    tell_one ada "$1" bob
    printf '\nand in a third\n\n'
    tell_one bob "$2" ada
    printf '\nCtrl-C here stops the server. What was said stays in ./data.\n\n'
}

# How HANDLE comes in (with SECRET, unless they were here before) and talks with OTHER.
tell_one() {
    grep -q "^$1"$'\t' <<<"$people" ||
        echo "    build/bin/duet join --profile $1 --handle $1 127.0.0.1:8000 $2"
    echo "    build/bin/duet talk --profile $1 $3"
}

do_test() {
    need "${for_building[@]}" "${for_testing[@]}"
    build release
    build sanitized
    build threads
    echo 'subdirs(release sanitized threads)' >build/CTestTestfile.cmake
    # Three at once on two cores: half of them wait for something most of the time.
    exec ctest --test-dir build --output-on-failure -j3 --no-tests=error "$@"
}

do_build() {
    need "${for_building[@]}"
    build release programs
}

do_sim() {
    need "${for_building[@]}"
    local sim=sim
    [[ " $* " != *" --plant"* ]] || sim=sim_planted
    build release "$sim"
    exec "build/release/tests/$sim" "$@"
}

do_fuzz() {
    local argument target targets=() seconds=60
    for argument in "$@"; do
        if [[ $argument =~ ^[0-9]+$ ]]; then seconds=$argument; else targets+=("$argument"); fi
    done
    need "${for_building[@]}" "${for_fuzzing[@]}"
    build sanitized fuzz_targets
    ((${#targets[@]})) ||
        mapfile -t targets < <(find build/sanitized/fuzz -type f -printf '%f\n' | sort)
    ((${#targets[@]})) || fail "there is no fuzz target yet"

    export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer
    for target in "${targets[@]}"; do
        [[ -x build/sanitized/fuzz/$target ]] || fail "there is no fuzz target '$target'" 2
        mkdir -p "build/corpus/$target" build/crashes
        echo "$target, for $seconds seconds"
        "build/sanitized/fuzz/$target" "build/corpus/$target" -max_total_time="$seconds" \
            -max_len=65536 -artifact_prefix="build/crashes/$target-"
    done
}

do_bench() {
    need "${for_building[@]}" "${for_benchmarks[@]}"
    configure release -DDUET_BENCH=ON
    compile release programs bench/all
    exec bench/run build/bin "$@"
}

do_tidy() {
    need "${for_building[@]}" "${for_tidying[@]}"
    configure tidy
    run-clang-tidy-19 -quiet -j 2 -p build/tidy
}

do_limits() {
    need "${for_building[@]}"
    build release print_limits
    build/release/docs/print_limits >build/limits.md
    mv build/limits.md docs/limits.md
}

do_install() {
    local existing prefix=/usr/local
    case $#,${1-} in
    0,) ;;
    2,--prefix) prefix=$2 ;;
    1,--prefix=*) prefix=${1#--prefix=} ;;
    *) fail "install takes --prefix DIR and nothing else" 2 ;;
    esac
    [[ $prefix == /* ]] || prefix=$called_from/$prefix

    need "${for_building[@]}"
    build release programs
    existing=$prefix
    while [[ ! -e $existing ]]; do existing=$(dirname "$existing"); done
    if [[ -w $existing ]]; then
        cmake --install build/release --prefix "$prefix"
    else
        as_root cmake --install build/release --prefix "$prefix"
    fi
}

fail() {
    echo "./do: $1" >&2
    exit "${2:-1}"
}

# Installs those of the named packages that are missing.
need() {
    local installed package missing=()
    command -v dpkg-query >/dev/null || return 0 # no Debian: CMake will say what is missing
    # It gives 1 when some are unknown to it, which is what is asked; more is a broken dpkg.
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) ||
        (($? == 1)) || fail "dpkg-query does not work, so what is missing cannot be known"
    for package in "$@"; do
        grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    echo "Installing the Debian packages ${missing[*]}"
    ((EUID == 0)) || command -v sudo >/dev/null ||
        fail "only root can install them, and there is no sudo"
    mkdir -p build
    : >build/packages.log
    # A list out of reach matters only if the next line fails.
    apt update || echo "The package lists could not be refreshed; trying with those that are here" >&2
    apt install -y --no-install-recommends "${missing[@]}" || {
        tail -n 20 build/packages.log >&2
        fail "the packages could not be installed; build/packages.log has all that apt-get said"
    }
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@" \
        </dev/null 2>&1 | tee -a build/packages.log | show_progress
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Shows what comes in as one line that changes, if somebody is watching.
show_progress() {
    local line
    if [[ ! -t 2 ]]; then
        cat >/dev/null
        return
    fi
    while IFS= read -r line; do
        printf '\r\e[K%.*s' 76 "$line" >&2
    done
    printf '\r\e[K' >&2
}

# build PRESET [TARGET...]
build() {
    configure "$1"
    compile "$@"
}

# configure PRESET [OPTION...]
configure() {
    echo "Configuring $1"
    mkdir -p build
    cmake --preset "$@" >"build/$1.log" 2>&1 || {
        cat "build/$1.log" >&2
        fail "CMake could not configure $1"
    }
}

# compile PRESET [TARGET...]: everything, unless told what.
compile() {
    local preset=$1
    shift
    cmake --build "build/$preset" --target "${@-all}"
}

verb=${1:-help}
(($# == 0)) || shift
case $verb in
run | test | sim | build | fuzz | bench | tidy | limits | install | help) "do_$verb" "$@" ;;
*) fail "there is no '$verb'; './do help' names what there is" 2 ;;
esac

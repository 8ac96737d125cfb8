#!/usr/bin/env bash
# packages.sh GROUP...: install the Debian packages of each group that are missing.
set -euo pipefail

group_packages() {
    case $1 in
        system) echo ca-certificates git libssl-dev pkg-config ;;
        python) echo python3 python3-venv ;;
        servers) echo curl libpq5 openssl postgresql-15 postgresql-client-15 postgresql-contrib sqlmap strace ;;
        drivers)
            echo default-jdk-headless golang-go golang-github-lib-pq-dev golang-github-jackc-pgx-v4-dev \
                libdbd-pg-perl libpostgresql-jdbc-java nodejs php-cli php-pgsql ruby ruby-pg
            ;;
        bench) echo strace ;;
        lint) echo shellcheck ;;
        *)
            echo "packages.sh: no group named '$1'" >&2
            return 2
            ;;
    esac
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Another apt run may hold the lock or empty the download cache under us: wait for it, and try once more.
install_missing() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq -y \
        install --no-install-recommends "$@" >/dev/null
}

missing=()
for group in "$@"; do
    for package in $(group_packages "$group"); do
        # A tool that came by another way (a node of one's own, say) serves as well as the package.
        case $package in
            nodejs) command -v node >/dev/null && continue ;;
            default-jdk-headless) command -v javac >/dev/null && continue ;;
        esac
        installed "$package" || missing+=("$package")
    done
done
[ ${#missing[@]} -gt 0 ] || exit 0
echo "installing: ${missing[*]}"
install_missing "${missing[@]}" || { sleep 5 && install_missing "${missing[@]}"; }

#!/usr/bin/env bash
# demo.sh: a session through ArticDBM, shown step by step.
#   BINARY=…                 the built program
#   BACKEND=postgresql://…   a database of your own in place of a throwaway PostgreSQL
#   ONCE=1                   end with status 0 instead of staying up
set -euo pipefail

BINARY=$(realpath "${BINARY:-.build/release/articdbm}")
PORT=${PORT:-6432}
METRICS_PORT=${METRICS_PORT:-9090}
folder=$(mktemp -d /tmp/articdbm-demo.XXXXXX)
chmod 755 "$folder"
proxy=''
database=''

as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

finish() {
    local status=$?
    trap - EXIT
    [ -z "$proxy" ] || { kill -TERM "$proxy" && wait "$proxy"; } 2>/dev/null || true
    [ -z "$database" ] || as_postgres "$database/pg_ctl" -D "$folder/pg/data" -m immediate -s stop || true
    [ "$status" -eq 0 ] || { [ ! -f "$folder/articdbm.log" ] || tail -n 30 "$folder/articdbm.log" >&2; }
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 0' INT TERM

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# A port of this machine's that nobody listens on, beginning with the one asked for.
free_port() {
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

start_database() {
    database=$(dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
    local port
    port=$(free_port 15432)
    if [ "$(id -u)" -eq 0 ]; then install -d -o postgres "$folder/pg"; else mkdir "$folder/pg"; fi
    (umask 077 && printf 'demo-superuser' >"$folder/pw")
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder/pw"
    as_postgres "$database/initdb" -D "$folder/pg/data" -U postgres -A scram-sha-256 --pwfile="$folder/pw" \
        -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    as_postgres "$database/pg_ctl" -D "$folder/pg/data" -l "$folder/pg/log" -w -s \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder/pg -c fsync=off" start
    PGPASSWORD=demo-superuser psql -X -q -h 127.0.0.1 -p "$port" -U postgres -d postgres \
        -c "CREATE ROLE shop LOGIN PASSWORD 'demo-shop'" -c "CREATE DATABASE shop OWNER shop"
    echo "PostgreSQL on 127.0.0.1:$port, for this demo alone"
    backend_address=127.0.0.1:$port backend_user=shop backend_password=demo-shop backend_database=shop
}

# postgresql://user:password@host:port/database, with %-escapes.
take_backend() {
    local pattern='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^/?]+)/([^?]+)'
    [[ $BACKEND =~ $pattern ]] || {
        echo "BACKEND must be postgresql://user:password@host:port/database" >&2
        exit 2
    }
    backend_user=$(unescape "${BASH_REMATCH[2]}")
    backend_password=$(unescape "${BASH_REMATCH[4]}")
    backend_address=${BASH_REMATCH[5]}
    backend_database=$(unescape "${BASH_REMATCH[6]}")
    [[ $backend_address =~ :[0-9]+$ ]] || backend_address=$backend_address:5432
    echo "your PostgreSQL at $backend_address"
}

unescape() { printf '%b' "${1//%/\\x}"; }

start_proxy() {
    PORT=$(free_port "$PORT")
    METRICS_PORT=$(free_port "$METRICS_PORT")
    export DEMO_BACKEND_PASSWORD=$backend_password
    (umask 077 && : >"$folder/articdbm.yaml")
    cat >"$folder/articdbm.yaml" <<YAML
control: { socket: $folder/articdbm.sock }
metrics: { listen: "127.0.0.1:$METRICS_PORT" }
audit: { file: $folder/audit.jsonl }
listeners:
  - { name: pg, protocol: postgresql, listen: "127.0.0.1:$PORT", auth: managed }
backends:
  - { name: main, protocol: postgresql, address: "$backend_address", user: "$backend_user",
      password: "\${DEMO_BACKEND_PASSWORD}", tls: { mode: prefer }, pool: { mode: transaction, size: 5 } }
users:
  - { name: alice, password: demo-alice, databases: ["*"] }
YAML
    cat "$folder/articdbm.yaml"
    "$BINARY" serve --config "$folder/articdbm.yaml" >"$folder/articdbm.log" 2>&1 &
    proxy=$!
    for _ in $(seq 200); do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$METRICS_PORT/health/ready")" = 200 ] && return
        kill -0 "$proxy" 2>/dev/null || break
        sleep 0.05
    done
    echo "ArticDBM did not start" >&2
    return 1
}

client() { PGPASSWORD=$1 psql -X -h 127.0.0.1 -p "$PORT" -U alice -d "$backend_database" "${@:2}"; }

say "The database"
if [ -n "${BACKEND:-}" ]; then take_backend; else start_database; fi

say "ArticDBM before it, by this configuration"
start_proxy

say "A query through the proxy, logged in as alice, who is unknown to the database"
client demo-alice -c "SELECT current_user AS at_the_server, current_database() AS database, version()"

say "A login with the wrong password"
if client wrong -c "SELECT 1"; then
    echo "the wrong password was taken" >&2
    exit 1
fi

say "Three clients at once, and the pool they share"
for _ in 1 2 3; do client demo-alice -q -c "SELECT pg_sleep(1)" >/dev/null & waiting="${waiting:-} $!"; done
sleep 0.5
"$BINARY" ctl --socket "$folder/articdbm.sock" pools
# shellcheck disable=SC2086 # a list of process ids
wait $waiting

say "Metrics"
curl -s "http://127.0.0.1:$METRICS_PORT/metrics" |
    grep -E '^articdbm_(total_queries|auth_failures_total|active_connections|pool_servers)\b' | grep -v ' 0$' || true

say "The last lines of the audit log, literals redacted"
sleep 0.3
tail -n 2 "$folder/audit.jsonl"

say "Connect"
echo "PGPASSWORD=demo-alice psql -h 127.0.0.1 -p $PORT -U alice -d $backend_database"
echo "metrics: http://127.0.0.1:$METRICS_PORT/metrics"
[ "${ONCE:-0}" != 1 ] || exit 0
echo "Ctrl-C ends it."
wait "$proxy"

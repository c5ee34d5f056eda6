#!/usr/bin/env bash
# A throw-away OpenStack Swift with its S3 layer, on loopback: one account, container and object server. Data is gone when it
# stops.
#   swift.sh start|stop
# Debian: apt-get install --no-install-recommends swift-proxy swift-account swift-container swift-object memcached
set -euo pipefail

: "${ENGINE_DIR:?names the folder for everything that the engine writes; removed by stop}"
: "${S3_PORT:=8180}" "${CACHE_PORT:=11299}" "${RING_PORT:=16200}"
: "${AWS_ACCESS_KEY_ID:=test:tester}" "${AWS_SECRET_ACCESS_KEY:=testing}"
address=127.0.0.1
user=$(id -un)

# Runs a daemon in the background: daemon <name> <command...>
daemon() {
  local name=$1
  shift
  nohup "$@" </dev/null >"$ENGINE_DIR/log/$name.out" 2>&1 &
  echo $! >"$ENGINE_DIR/$name.pid"
}

write_server_config() {
  local type=$1 port=$2
  swift-ring-builder "$type.builder" create 4 1 0 >/dev/null
  swift-ring-builder "$type.builder" add "r1z1-$address:$port/disk" 1 >/dev/null
  swift-ring-builder "$type.builder" rebalance >/dev/null
  cat >"$type.conf" <<CONF
[DEFAULT]
devices = $ENGINE_DIR/devices
mount_check = false
bind_ip = $address
bind_port = $port
workers = 0
user = $user
swift_dir = $ENGINE_DIR
log_address = /dev/null
fallocate_reserve = 0
disable_fallocate = true
[pipeline:main]
pipeline = $type-server
[app:$type-server]
use = egg:swift#$type
CONF
}

write_proxy_config() {
  cat >proxy.conf <<CONF
[DEFAULT]
bind_ip = $address
bind_port = $S3_PORT
workers = 0
user = $user
swift_dir = $ENGINE_DIR
log_address = /dev/null
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy bulk slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = $address:$CACHE_PORT
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
check_bucket_owner = false
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_${AWS_ACCESS_KEY_ID/:/_} = $AWS_SECRET_ACCESS_KEY .admin .reseller_admin
[filter:copy]
use = egg:swift#copy
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
[filter:dlo]
use = egg:swift#dlo
CONF
}

start() {
  stop
  mkdir -p "$ENGINE_DIR"/{devices/disk,log}
  cd "$ENGINE_DIR"
  cat >swift.conf <<CONF
[swift-hash]
swift_hash_path_suffix = test
swift_hash_path_prefix = test
[storage-policy:0]
name = default
default = yes
CONF
  local type port=$RING_PORT
  for type in account container object; do
    write_server_config "$type" "$port"
    port=$((port + 1))
  done
  write_proxy_config
  daemon memcached memcached -u "$user" -l "$address" -p "$CACHE_PORT" -m 64
  for type in account container object proxy; do
    daemon "$type" "swift-$type-server" "$ENGINE_DIR/$type.conf" -v
  done
  for port in "$RING_PORT" $((RING_PORT + 1)) $((RING_PORT + 2)) "$S3_PORT"; do
    await_port "$port" || { tail -n 5 "$ENGINE_DIR"/log/*.out >&2; return 1; }
  done
}

await_port() {
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/$address/$1") 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

stop() {
  local file pid
  for file in "$ENGINE_DIR"/*.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    # A number may be somebody else's by now: only what runs on this folder, or on this port, is ours.
    [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE "$ENGINE_DIR/|memcached .*-p $CACHE_PORT" || continue
    kill -9 "$pid"
    while grep -qs '^State:[[:space:]]*[RSDTtI]' "/proc/$pid/status"; do sleep 0.05; done
  done
  rm -rf "${ENGINE_DIR:?}"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac

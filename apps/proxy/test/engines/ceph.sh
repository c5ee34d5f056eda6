#!/usr/bin/env bash
# A throw-away Ceph with one monitor, one OSD and its S3 gateway, on loopback. Needs no root; data is gone when it stops.
#   ceph.sh start|stop
# Debian: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common
set -euo pipefail

: "${ENGINE_DIR:?names the folder for everything that the engine writes; removed by stop}"
: "${S3_PORT:=7480}" "${MON_PORT:=13300}" "${MON_V1_PORT:=16789}"
: "${AWS_ACCESS_KEY_ID:=testaccess}" "${AWS_SECRET_ACCESS_KEY:=testsecret}"
# memstore keeps objects in memory; bluestore, for larger ones, in a file of this size.
: "${CEPH_STORE:=memstore}" "${CEPH_SIZE_GIB:=8}"
address=127.0.0.1
size_bytes=$((CEPH_SIZE_GIB * 1024 * 1024 * 1024))
export CEPH_CONF=$ENGINE_DIR/ceph.conf CEPH_ARGS=

write_config() {
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $1
mon host = [v2:$address:$MON_PORT,v1:$address:$MON_V1_PORT]
public addr = $address
cluster addr = $address
# Nobody else reaches loopback; S3 requests are signed all the same.
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $ENGINE_DIR/run
log file = $ENGINE_DIR/log/\$name.log
admin socket = $ENGINE_DIR/run/\$name.asok
keyring = $ENGINE_DIR/keyring
crash dir = $ENGINE_DIR/log
mon cluster log file = $ENGINE_DIR/log/cluster.log
# One node decides alone: no need to wait for others.
paxos propose interval = 0.02
paxos min wait = 0.01
ms crc data = false
# What it would log of itself costs more than what it does.
debug ms = 0/0
debug osd = 0/0
debug rgw = 0/1
debug mon = 0/1
debug paxos = 0/0
debug monc = 0/0
debug objecter = 0/0
debug bluestore = 0/0
debug memstore = 0/0
debug rocksdb = 0/0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
[mon]
mon data = $ENGINE_DIR/mon
mon data avail warn = 2
mon data avail crit = 1
[osd]
osd data = $ENGINE_DIR/osd
osd objectstore = $CEPH_STORE
osd memory target = 1073741824
memstore device bytes = $size_bytes
bluestore block size = $size_bytes
bluestore fsck on mount = false
[client]
rgw frontends = beast endpoint=$address:$S3_PORT tcp_nodelay=1
rgw data = $ENGINE_DIR/rgw
rgw rados pool pg num min = 4
rgw enable usage log = false
rgw run sync thread = false
rgw gc obj min wait = 1
rgw gc processor period = 1
CONF
}

# Runs a daemon in the background: daemon <name> <command...>
daemon() {
  local name=$1
  shift
  nohup "$@" </dev/null >"$ENGINE_DIR/log/$name.out" 2>&1 &
  echo $! >"$ENGINE_DIR/$name.pid"
}

start() {
  stop
  mkdir -p "$ENGINE_DIR"/{mon,osd,run,log}
  local fsid osd_id
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd_id=$(cat /proc/sys/kernel/random/uuid)
  write_config "$fsid"
  : >"$ENGINE_DIR/keyring"
  monmaptool --create --fsid "$fsid" --addv a "[v2:$address:$MON_PORT,v1:$address:$MON_V1_PORT]" "$ENGINE_DIR/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$ENGINE_DIR/monmap" -c "$CEPH_CONF"
  daemon mon ceph-mon -f -i a -c "$CEPH_CONF"
  ceph --connect-timeout 30 osd new "$osd_id" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$osd_id" -c "$CEPH_CONF" >"$ENGINE_DIR/log/osd-mkfs.out" 2>&1
  daemon osd ceph-osd -f -i 0 -c "$CEPH_CONF"
  # Waits for the OSD, and makes the gateway's pools.
  timeout 60 radosgw-admin -c "$CEPH_CONF" user create --uid=test --display-name=test \
    --access-key="$AWS_ACCESS_KEY_ID" --secret-key="$AWS_SECRET_ACCESS_KEY" >"$ENGINE_DIR/log/user.out" 2>&1
  daemon rgw radosgw -f -n client.admin -c "$CEPH_CONF"
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/$address/$S3_PORT") 2>/dev/null && return
    kill -0 "$(cat "$ENGINE_DIR/rgw.pid")" || break
    sleep 0.1
  done
  tail -n 5 "$ENGINE_DIR"/log/*.out >&2
  return 1
}

stop() {
  local name pid
  for name in rgw osd mon; do
    [ -f "$ENGINE_DIR/$name.pid" ] || continue
    pid=$(cat "$ENGINE_DIR/$name.pid")
    # A number may be somebody else's by now: only what runs on this folder is ours.
    [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$CEPH_CONF" || continue
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

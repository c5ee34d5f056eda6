#!/usr/bin/env bash
# Throw-away single-node Ceph RGW on loopback.  usage: ceph.sh start|stop|status|pids
# needs: apt-get install -y --no-install-recommends ceph-mon ceph-osd radosgw ceph-common
set -euo pipefail
DIR=${CEPH_DIR:-${TMPDIR:-/tmp}/slipway-ceph}          # everything (data, logs, pids) lives here
IP=127.0.0.1
S3_PORT=${S3_PORT:-7480} MON_PORT=${MON_PORT:-13300} MON_PORT_V1=${MON_PORT_V1:-16789}
STORE=${CEPH_STORE:-memstore}             # memstore | bluestore
SIZE_GB=${CEPH_SIZE_GB:-8}
AK=${S3_ACCESS_KEY:-testaccess} SK=${S3_SECRET_KEY:-testsecret}
export CEPH_CONF=$DIR/ceph.conf CEPH_ARGS=

stop() {
  local n p
  for n in rgw osd mon; do
    [ -f "$DIR/$n.pid" ] || continue
    p=$(cat "$DIR/$n.pid")
    # only ever signal a process that is really ours
    if tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null | grep -q "$DIR/ceph.conf"; then
      kill -9 "$p" 2>/dev/null || true          # data is disposable: no graceful stop needed
      while grep -qs '^State:[[:space:]]*[RSDTtI]' "/proc/$p/status"; do sleep 0.05; done  # a zombie counts as gone
    fi
  done
  rm -rf "${DIR:?}"
}

start() {
  stop
  mkdir -p "$DIR"/{mon,osd,run,log}
  local fsid osd_uuid; fsid=$(cat /proc/sys/kernel/random/uuid); osd_uuid=$(cat /proc/sys/kernel/random/uuid)
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon host = [v2:$IP:$MON_PORT,v1:$IP:$MON_PORT_V1]
public addr = $IP
cluster addr = $IP
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $DIR/run
log file = $DIR/log/\$name.log
admin socket = $DIR/run/\$name.asok
keyring = $DIR/keyring
crash dir = $DIR/log
mon cluster log file = $DIR/log/cluster.log
paxos propose interval = 0.02
paxos min wait = 0.01
ms crc data = false
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
mon data = $DIR/mon
mon data avail warn = 2
mon data avail crit = 1
[osd]
osd data = $DIR/osd
osd objectstore = $STORE
osd memory target = 1073741824
memstore page set = ${CEPH_PAGESET:-false}
memstore device bytes = $((SIZE_GB * 1024 * 1024 * 1024))
bluestore block size = $((SIZE_GB * 1024 * 1024 * 1024))
bluestore fsck on mount = false
[client]
rgw frontends = beast endpoint=$IP:$S3_PORT tcp_nodelay=1
rgw data = $DIR/rgw
rgw rados pool pg num min = 4
rgw enable usage log = false
rgw run sync thread = false
rgw gc obj min wait = 1
rgw gc processor period = 1
rgw gc processor max time = 60
CONF
  : >"$DIR/keyring"
  monmaptool --create --fsid "$fsid" --addv a "[v2:$IP:$MON_PORT,v1:$IP:$MON_PORT_V1]" "$DIR/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$DIR/monmap" -c "$CEPH_CONF"
  nohup ceph-mon -f -i a -c "$CEPH_CONF" </dev/null >"$DIR/log/mon.out" 2>&1 & echo $! >"$DIR/mon.pid"
  ceph --connect-timeout 30 osd new "$osd_uuid" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid" -c "$CEPH_CONF" >"$DIR/log/osd-mkfs.out" 2>&1
  nohup ceph-osd -f -i 0 -c "$CEPH_CONF" </dev/null >"$DIR/log/osd.out" 2>&1 & echo $! >"$DIR/osd.pid"
  [ "$STORE" = memstore ] || until ceph osd stat 2>/dev/null | grep -q ' 1 up'; do sleep 0.1; done
  radosgw-admin -c "$CEPH_CONF" user create --uid=test --display-name=test \
      --access-key="$AK" --secret-key="$SK" >"$DIR/log/user.out" 2>&1      # waits for the OSD, creates rgw pools
  nohup radosgw -f -n client.admin -c "$CEPH_CONF" </dev/null >"$DIR/log/rgw.out" 2>&1 & echo $! >"$DIR/rgw.pid"
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/$IP/$S3_PORT") 2>/dev/null && { echo "S3 ready: http://$IP:$S3_PORT"; return; }
    kill -0 "$(cat "$DIR/rgw.pid")" || { tail "$DIR"/log/*.out; exit 1; }
    sleep 0.1
  done
  echo "rgw did not come up" >&2; exit 1
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  status) for n in mon osd rgw; do p=$(cat "$DIR/$n.pid"); echo "$n pid=$p rss=$(awk '/VmRSS/{print int($2/1024)"MiB"}' /proc/$p/status)"; done ;;
  pids) cat "$DIR"/{mon,osd,rgw}.pid ;;
  *) echo "usage: $0 start|stop|status|pids" >&2; exit 2 ;;
esac

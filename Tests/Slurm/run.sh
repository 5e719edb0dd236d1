#!/usr/bin/env bash
# Runs the scripts of Scripts/slurm on a real Slurm, with two nodes on this machine: run.sh FOLDER_OF_TOOLS. An array of tasks,
# one of which is killed and requeued while a node is drained and resumed; then the merge, which must say what one run says. It
# needs root, and Debian's packages slurmctld, slurmd, slurm-client and munge. All its files lie in a temporary folder, and all
# its daemons end with it.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
tools=$(cd "${1:?"give the folder of the tools"}" && pwd)
export PATH=$tools:$PATH
folder=$(mktemp -d "${TMPDIR:-/tmp}/epu-slurm.XXXXXX")
host=$(hostname -s)
began=$SECONDS
munge_is_ours=0

finish() {
    status=$?
    [ $status -eq 0 ] || squeue >&2 || true
    for daemon in d1 d2 slurmctld; do
        [ ! -s "$folder/$daemon.pid" ] || kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true
    done
    sleep 1
    for daemon in d1 d2 slurmctld; do
        [ ! -s "$folder/$daemon.pid" ] || kill -9 "$(cat "$folder/$daemon.pid")" 2>/dev/null || true
    done
    [ $munge_is_ours -eq 0 ] || [ ! -s /run/munge/munged.pid ] || kill "$(cat /run/munge/munged.pid)" 2>/dev/null || true
    if [ $status -eq 0 ]; then
        rm -rf "$folder"
    else
        echo "Failed; what it left is in $folder." >&2
        tail -n 20 "$folder"/*.out "$folder/slurmctld.log" >&2 || true
    fi
    exit $status
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

fail() { echo "$*" >&2; exit 1; }
# Waits up to a minute for a command to succeed.
await() {
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    fail "This did not come true within a minute: $*"
}

cd "$folder"
if ! munge -n 2>/dev/null | unmunge >/dev/null 2>&1; then
    mkdir -p /run/munge
    chown munge: /run/munge
    su -s /bin/sh munge -c munged
    munge_is_ours=1
fi

port=$((20000 + RANDOM % 20000))
cat >slurm.conf <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/%n.spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/%n.log
SlurmctldPort=$port
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
JobRequeue=1
MinJobAge=300
KillWait=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=d1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1 RealMemory=1000
NodeName=d2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1 RealMemory=1000
PartitionName=main Nodes=d1,d2 Default=YES MaxTime=INFINITE State=UP
EOF
mkdir state d1.spool d2.spool tmp
export TMPDIR=$folder/tmp
export SLURM_CONF=$folder/slurm.conf
slurmctld -f "$SLURM_CONF"
slurmd -N d1 -f "$SLURM_CONF"
slurmd -N d2 -f "$SLURM_CONF"
both_idle() { [ "$(sinfo -h -N -o %T | sort -u)" = idle ]; }
await both_idle

# Two sessions on one grid, three others, and one that has the name of another.
mkdir data data/other
(cd data && {
    epu-simulate make a --exposures 300 --second-session --no-images --seed 19 --unmoved-stage 1 --repeated-hole 2
    epu-simulate make "b c" --exposures 200 --no-images --seed 5 --repeated-hole 1
    epu-simulate make d --exposures 250 --no-images --seed 6
    epu-simulate make e --exposures 150 --no-images --seed 7
    epu-simulate make other/e --exposures 100 --no-images --seed 8 --start 2025-02-03T09:00:00Z
}) >/dev/null
epu-ingest plan data --tasks 4 --out plan.tsv
tasks=$(tail -n +2 plan.tsv | cut -f 1 | sort -nu | wc -l)
[ "$tasks" -eq 4 ] || fail "The plan has $tasks tasks, not 4."

# The first run of task 2 waits until it is killed in the middle of its work; the other one goes on.
mkdir bin
cat >bin/epu-analyze <<EOF
#!/bin/sh
if [ "\${SLURM_ARRAY_TASK_ID:-}" = 2 ] && [ ! -e "$folder/was-killed" ]; then
    touch "$folder/is-waiting"
    trap '' TERM
    sleep 600
fi
exec "$tools/epu-analyze" "\$@"
EOF
chmod +x bin/epu-analyze
export PATH=$folder/bin:$PATH
array=$(sbatch --parsable --array=1-4 --output="$folder/task-%a.out" "$project/Scripts/slurm/epu-array.sbatch" \
    "$folder/plan.tsv" "$folder/shards")
merge=$(sbatch --parsable --dependency="afterok:$array" --output="$folder/merge.out" \
    "$project/Scripts/slurm/epu-merge.sbatch" "$folder/plan.tsv" "$folder/shards" "$folder/merged.db")

await test -e is-waiting
node=$(squeue -h -j "${array}_2" -o %N)
scontrol update "NodeName=$node" State=DRAIN Reason="in the middle of the test"
touch was-killed
# Slurm kills it, in the end with SIGKILL, as it does not heed SIGTERM.
scontrol requeue "${array}_2"
await sh -c "squeue -h -j ${array}_2 -o %T | grep -q PENDING"
# Slurm lets a requeued task wait for up to two minutes.
await scontrol update "JobId=${array}_2" StartTime=now
# The other tasks go on where they can; the drained node gets none.
sleep 3
! squeue -h -w "$node" -t running -o %i | grep -q . || fail "The drained node $node got a task."
scontrol update "NodeName=$node" State=RESUME
ended() { scontrol show job "$merge" | grep -Eq 'JobState=(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL)'; }
await ended
scontrol show job "$merge" | grep -q JobState=COMPLETED || fail "The merge failed."
scontrol show job "${array}_2" | grep -Eq 'Restarts=[1-9]' || fail "Task 2 was not run again."
[ "$(find shards -name '*.db' | wc -l)" -eq 4 ] || fail "There are not 4 shards."
[ -z "$(find shards -name '*.partial')" ] || fail "A partial shard is left."

# A task that is run again leaves its shard.
before=$(stat -c %i:%Y shards/task-1-*.db)
SLURM_ARRAY_TASK_ID=1 "$project/Scripts/slurm/epu-array.sbatch" plan.tsv shards >/dev/null
[ "$before" = "$(stat -c %i:%Y shards/task-1-*.db)" ] || fail "Task 1 made its shard again."
# A missing shard is named.
mv shards/task-3-*.db .
if "$project/Scripts/slurm/epu-merge.sbatch" plan.tsv shards merged.db 2>missing.txt; then
    fail "A missing shard was not noticed."
fi
grep -q -- '--array=3 ' missing.txt || fail "The missing task is not named."

mapfile -t sessions < <(tail -n +2 plan.tsv | cut -f 5-)
epu-ingest --db single.db "${sessions[@]}" >/dev/null
epu-analyze --db single.db >/dev/null
for archive in single merged; do
    python3 - "$archive.db" "$project/Tests/Slurm/natural_keys.sql" >"$archive.txt" <<'EOF'
import pathlib
import sqlite3
import sys

for (line,) in sqlite3.connect(sys.argv[1]).execute(pathlib.Path(sys.argv[2]).read_text()):
    print(line)
EOF
done
[ "$(wc -l <single.txt)" -gt 4000 ] || fail "The archives say too little to compare them."
diff single.txt merged.txt >difference.txt || fail "The merged archive differs: $(head -n 10 difference.txt)"
echo "The archive of 4 tasks says the same as that of one run: $(wc -l <single.txt) lines, in $((SECONDS - began)) s."

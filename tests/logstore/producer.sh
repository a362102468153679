#!/bin/sh
# Logs a run without any library, as docs/format.md describes it: producer.sh STORE PROJECT ID STEPS
set -eu
dir="$1/$2/$3"
mkdir -p "$dir"
put() { cat > "$dir/.$1.tmp" && mv "$dir/.$1.tmp" "$dir/$1"; }  # whole files, by rename

identity=$(awk -v id="$3" -v project="$2" -v host="$(uname -n)" -v pid="$$" -v now="$(date +%s)" 'BEGIN {
    printf "\"format\":1,\"id\":\"%s\",\"name\":\"%s from a shell\",\"project\":\"%s\",", id, id, project
    printf "\"created\":%s,\"host\":\"%s\",\"pid\":%s", now, host, pid }')
echo "{$identity}" | put run.json
echo '{"optimizer":{"name":"sgd","lr":0.1},"seed":7}' | put config.json

awk -v steps="$4" -v now="$(date +%s)" 'BEGIN {
    for (step = 0; step < steps; step++) {
        loss = step == 3 ? "\"NaN\"" : exp(-step / 10)
        printf "{\"_step\":%d,\"_timestamp\":%d,\"train/loss\":%s,\"train/lr\":0.1}\n", step, now + step, loss
        fflush()
    }
}' >> "$dir/metrics.jsonl"
echo "{\"_timestamp\":$(date +%s),\"kind\":\"alert\",\"title\":\"done\",\"text\":\"\",\"level\":\"INFO\"}" >> "$dir/events.jsonl"
echo "{$identity,\"ended\":$(date +%s),\"state\":\"finished\",\"exit_code\":0}" | put run.json

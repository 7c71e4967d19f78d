#!/bin/sh
# One round of a relay through AWS Systems Manager: ssm.sh DIR
# Each node has the id of its instance (i-0123456789abcdef0). Needs aws, jq, gzip and base64 here.
set -eu
umask 077
dir=$1
round=1
if [ -d "$dir/ask/2" ]; then round=2; fi
sent=
for script in "$dir/ask/$round"/*.sh; do
  node=$(basename "$script" .sh)
  # packed, because a command may only be so long
  packed=$(gzip -9 <"$script" | base64 | tr -d '\n')
  parameters=$(jq -n --arg c "echo $packed | base64 -d | gzip -d | sh -s" '{commands: [$c]}')
  command=$(aws ssm send-command --document-name AWS-RunShellScript --instance-ids "$node" \
    --parameters "$parameters" --query Command.CommandId --output text) || { echo "$node: no answer" >&2; continue; }
  sent="$sent $node:$command"
done
for one in $sent; do
  node=${one%%:*} command=${one#*:}
  out=$dir/answer/$round/$node.out
  aws ssm wait command-executed --command-id "$command" --instance-id "$node" || :
  # at most 24,000 characters: if the relay says that an answer was cut off, let send-command write to a bucket and copy it from there
  aws ssm get-command-invocation --command-id "$command" --instance-id "$node" \
    --query StandardOutputContent --output text >"$out" || { echo "$node: no answer" >&2; rm -f "$out"; }
done

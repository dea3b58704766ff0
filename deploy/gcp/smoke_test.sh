# shellcheck shell=bash
# Smoke test: checks that a pod of the release is ready and answers Socket.IO.

forwarding="" # Process id of the port-forward.
local_url=http://127.0.0.1:PORT

smoke_test() {
  forward_port && get "$local_url/readyz" && shake_hands
}

get() {
  run curl --silent --show-error --fail --noproxy '*' --max-time 10 \
    --retry 5 --retry-delay 2 --retry-connrefused "$@"
}

forward_port() {
  local pod line command=(kubectl --namespace=mien port-forward)
  pod=$(serving_pod) || return
  command+=("pod/$pod" :5000)
  show "${command[@]}"
  [ "$dry_run" = no ] || return 0
  mkfifo "$work/forwarding"
  "${command[@]}" >"$work/forwarding" &
  forwarding=$!
  exec 5<"$work/forwarding" # Stays open because kubectl keeps writing.
  read -r -t 60 line <&5 || return
  line=${line#*127.0.0.1:}
  local_url=http://127.0.0.1:${line%% *}
}

# serving_pod: prints the newest pod that is ready and not terminating. A pod that the autoscaler just
# added is not ready yet. A terminating pod of the previous release still counts as ready, and kubectl
# might choose it if it were given only the deployment.
serving_pod() {
  local pods ready='.status.conditions[?(@.type=="Ready")].status'
  pods=$(kube get pods --selector=app.kubernetes.io/name=mien-app \
    --sort-by=.metadata.creationTimestamp --no-headers \
    --output="custom-columns=NAME:.metadata.name,READY:$ready,DELETED:.metadata.deletionTimestamp") ||
    return
  [ "$dry_run" = no ] || pods='POD True <none>'
  awk '$2 == "True" && $3 == "<none>" { pod = $1 } END { print pod; exit pod == "" }' <<<"$pods" ||
    { complain "No pod of mien-app is ready."; return 1; }
}

stop_forwarding() {
  [ -z "$forwarding" ] || kill "$forwarding" 2>/dev/null || true
}

# shake_hands: opens a session with long polling (Engine.IO 4, Socket.IO 5) and closes it.
shake_hands() {
  local url="$local_url/socket.io/?EIO=4&transport=polling" opened answer
  opened=$(get "$url") || return
  url+="&sid=$(sed -n 's/^0.*"sid":"\([^"]*\)".*/\1/p' <<<"$opened")"
  # Sent through standard input, so that the access token is not printed.
  connect_packet | get --data-binary @- "$url" >/dev/null || return
  answer=$(get "$url") || return
  if [[ $dry_run == no && $answer != '40{'* ]]; then
    complain "Socket.IO refused the connection: $answer"
    return 1
  fi
  get --data-binary 1 "$url" >/dev/null
}

# connect_packet: prints Socket.IO's CONNECT packet, with the access token if there is one.
connect_packet() {
  printf 40
  kube get secret mien-access --ignore-not-found \
    --output='go-template={"token":{{.data.token | base64decode | printf "%q"}}}'
}

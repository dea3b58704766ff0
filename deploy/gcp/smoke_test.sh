# shellcheck shell=bash
# A look at a pod of the release: is it ready, and does it speak Socket.IO?

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
  exec 5<"$work/forwarding" # Stays open, since kubectl goes on writing.
  read -r -t 60 line <&5 || return
  line=${line#*127.0.0.1:}
  local_url=http://127.0.0.1:${line%% *}
}

# serving_pod: the newest one that takes clients. The autoscaler may just have added one that does not
# yet, and a pod of the release before still counts as ready while it goes: kubectl, given the
# deployment, would pick that one.
serving_pod() {
  local pods ready='.status.conditions[?(@.type=="Ready")].status'
  pods=$(kube get pods --selector=app.kubernetes.io/name=mien-app \
    --sort-by=.metadata.creationTimestamp --no-headers \
    --output="custom-columns=NAME:.metadata.name,READY:$ready,GOES:.metadata.deletionTimestamp") ||
    return
  [ "$dry_run" = no ] || pods='POD True <none>'
  awk '$2 == "True" && $3 == "<none>" { pod = $1 } END { print pod; exit pod == "" }' <<<"$pods" ||
    { complain "no pod of mien-app is ready."; return 1; }
}

stop_forwarding() {
  [ -z "$forwarding" ] || kill "$forwarding" 2>/dev/null || true
}

# shake_hands: opens a session by long polling (Engine.IO 4, Socket.IO 5) and ends it.
shake_hands() {
  local url="$local_url/socket.io/?EIO=4&transport=polling" opened answer
  opened=$(get "$url") || return
  url+="&sid=$(sed -n 's/^0.*"sid":"\([^"]*\)".*/\1/p' <<<"$opened")"
  # By standard input, so that the access token is shown nowhere.
  connect_packet | get --data-binary @- "$url" >/dev/null || return
  answer=$(get "$url") || return
  if [[ $dry_run == no && $answer != '40{'* ]]; then
    complain "Socket.IO refused the connection: $answer"
    return 1
  fi
  get --data-binary 1 "$url" >/dev/null
}

# connect_packet: Socket.IO's CONNECT, with the token if the service asks for one.
connect_packet() {
  printf 40
  kube get secret mien-access --ignore-not-found \
    --output='go-template={"token":{{.data.token | base64decode | printf "%q"}}}'
}

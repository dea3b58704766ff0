# shellcheck shell=bash
# A look at the newest pod: is it ready, and does it speak Socket.IO?

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
  local newest line command=(kubectl --namespace=mien port-forward)
  newest=$(kube get pods --selector=app.kubernetes.io/name=mien-app \
    --sort-by=.metadata.creationTimestamp --output=name | tail -n 1)
  command+=("$newest" :5000)
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

# shellcheck shell=bash
# What runs in the cluster: rolled out, tried, and rolled back where that fails.

deployments=(mien-model-server mien-app)

prepare_namespace() {
  ensure namespace/mien kube get namespaces --output=name -- \
    kube apply --filename=deploy/k8s/base/namespace.yaml
  ensure_tls_secrets
}

# Either certificate fits only the other that was made with it.
ensure_tls_secrets() {
  local there
  there=$(kube get secrets --output=name)
  if [ "$(grep -cxE 'secret/mien-(app|model-server)-tls' <<<"$there")" -lt 2 ]; then
    run deploy/k8s/mutual_tls_secrets.sh | kube apply --server-side --filename=-
  else
    warn_of_their_end
  fi
}

# warn_of_their_end: on that day every app would lose its models at once.
warn_of_their_end() {
  local certificate days=30
  certificate=$(kube get secret mien-app-tls \
    --output='go-template={{index .data "tls.crt" | base64decode}}')
  openssl x509 -noout -checkend $((days * 86400)) <<<"$certificate" >/dev/null ||
    complain "the certificates of app and model server end within $days days: docs/how-to/kubernetes.md."
}

ship() {
  local before ip
  before=$(roll_outs)
  ip=$(service_address)
  write_overlay
  if kube apply --kustomize="$work" && roll_out && smoke_test; then
    [ "$dry_run" = yes ] || say "$revision runs in $cluster; $host must point to $ip."
  else
    roll_back "$before"
    fail "$revision did not pass; its errors are above."
  fi
}

service_address() {
  cloud compute addresses describe mien --global '--format=value(address)'
  [ "$dry_run" = no ] || echo ADDRESS
}

# roll_outs: a line for each deployment that is there, its name and the number of its roll-out.
roll_outs() {
  local number='.metadata.annotations.deployment\.kubernetes\.io/revision'
  kube get deployments --no-headers --output="custom-columns=NAME:.metadata.name,NUMBER:$number"
}

# roll_out: waits for the deployments; Autopilot may have to add nodes first, which takes minutes.
roll_out() {
  local name
  for name in "${deployments[@]}"; do
    kube rollout status "deployment/$name" --timeout=15m || return
  done
}

# roll_back BEFORE: takes each deployment that has moved on since BEFORE back to where it was.
roll_back() {
  local now name was
  now=$(roll_outs)
  for name in "${deployments[@]}"; do
    was=$(awk -v name="$name" '$1 == name { print $2 }' <<<"$1")
    if [ -z "$was" ]; then
      complain "$name has no earlier version to go back to and stays as it is."
    elif ! grep -qxE "$name +$was *" <<<"$now"; then
      kube rollout undo "deployment/$name" --to-revision="$was" &&
        kube rollout status "deployment/$name" --timeout=15m &&
        complain "$name is rolled back."
    fi
  done
}

# shellcheck shell=bash
# Rolls out the workloads, tests them, and rolls back if that fails.

deployments=(mien-model-server mien-app)

prepare_namespace() {
  ensure namespace/mien kube get namespaces --output=name -- \
    kube apply --filename=deploy/k8s/base/namespace.yaml
  ensure_tls_secrets
}

# The two certificates only work as a pair, so both are created together.
ensure_tls_secrets() {
  local there
  there=$(kube get secrets --output=name)
  if [ "$(grep -cxE 'secret/mien-(app|model-server)-tls' <<<"$there")" -lt 2 ]; then
    run deploy/k8s/mutual_tls_secrets.sh | kube apply --server-side --filename=-
  else
    warn_of_expiry
  fi
}

# warn_of_expiry: once the certificates expire, no app can reach its models.
warn_of_expiry() {
  local certificate days=30
  certificate=$(kube get secret mien-app-tls \
    --output='go-template={{index .data "tls.crt" | base64decode}}')
  openssl x509 -noout -checkend $((days * 86400)) <<<"$certificate" >/dev/null ||
    complain "The certificates of app and model server expire within $days days. See docs/how-to/kubernetes.md."
}

ship() {
  local before ip
  before=$(roll_outs)
  ip=$(service_address)
  write_overlay
  if kube apply --kustomize="$work" && roll_out && smoke_test; then
    [ "$dry_run" = yes ] || say "$revision is running in $cluster. Point $host to $ip."
  else
    roll_back "$before"
    fail "Deployment of $revision failed. Its errors are above."
  fi
}

service_address() {
  cloud compute addresses describe mien --global '--format=value(address)'
  [ "$dry_run" = no ] || echo ADDRESS
}

# roll_outs: prints each deployment's name and rollout number, one per line.
roll_outs() {
  local number='.metadata.annotations.deployment\.kubernetes\.io/revision'
  kube get deployments --no-headers --output="custom-columns=NAME:.metadata.name,NUMBER:$number"
}

# roll_out: waits for the deployments. Autopilot may need minutes to add nodes first.
roll_out() {
  local name
  for name in "${deployments[@]}"; do
    kube rollout status "deployment/$name" --timeout=15m || return
  done
}

# roll_back BEFORE: returns each deployment that changed since BEFORE to its earlier rollout.
roll_back() {
  local now name was
  now=$(roll_outs)
  for name in "${deployments[@]}"; do
    was=$(awk -v name="$name" '$1 == name { print $2 }' <<<"$1")
    if [ -z "$was" ]; then
      complain "$name has no earlier version to roll back to. It stays as it is."
    elif ! grep -qxE "$name +$was *" <<<"$now"; then
      kube rollout undo "deployment/$name" --to-revision="$was" &&
        kube rollout status "deployment/$name" --timeout=15m &&
        complain "Rolled back $name."
    fi
  done
}

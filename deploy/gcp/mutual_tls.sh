# shellcheck shell=bash
# Certificates for mutual TLS between app and model server, kept as secrets of the namespace.

tls_days=825

ensure_tls_secrets() {
  local there
  there=$(kube get secrets --output=name)
  [ "$(grep -cxE 'secret/mien-(app|model-server)-tls' <<<"$there")" -lt 2 ] || return 0
  make_authority
  make_certificate mien-app clientAuth
  make_certificate mien-model-server serverAuth
  # The authority's key is kept nowhere, so one secret alone cannot be made to fit the other.
  kube delete secret mien-app-tls mien-model-server-tls --ignore-not-found
  make_secret mien-app
  make_secret mien-model-server
}

make_authority() {
  run openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$tls_days" \
    -subj "/CN=Mien's certificates" -keyout "$work/ca.key" -out "$work/ca.crt"
}

# make_certificate NAME USE: a key and a certificate for the host NAME, signed by the authority.
make_certificate() {
  local to=$work/$1
  run openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
    -keyout "$to.key" -out "$to.csr"
  [ "$dry_run" = yes ] || printf 'subjectAltName=DNS:%s\nextendedKeyUsage=%s\n' "$1" "$2" >"$to.ext"
  run openssl x509 -req -in "$to.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial \
    -days "$tls_days" -extfile "$to.ext" -out "$to.crt"
}

make_secret() {
  kube create secret generic "$1-tls" --from-file=ca.crt="$work/ca.crt" \
    --from-file=tls.crt="$work/$1.crt" --from-file=tls.key="$work/$1.key"
}

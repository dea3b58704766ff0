#!/bin/sh
# Prints the secrets for mutual TLS between app and model server:
#
#   deploy/k8s/mutual_tls_secrets.sh | kubectl apply -f -
#
# It leaves no files on this machine. The authority's key is deleted at once, so that it cannot sign
# more certificates. Run this again before the certificates expire, then restart both Deployments.
set -eu
umask 077

days=365
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

new_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
}

make_authority() {
  new_key ca
  openssl req -x509 -new -key ca.key -days "$days" -subj "/CN=Mien model server authority" -out ca.crt
}

# make_certificate NAME USE: signs a certificate for every DNS name of the Service NAME.
make_certificate() {
  new_key "$1"
  cat >"$1.ext" <<END
subjectAltName = DNS:$1, DNS:$1.mien, DNS:$1.mien.svc, DNS:$1.mien.svc.cluster.local
extendedKeyUsage = $2
END
  openssl req -new -key "$1.key" -subj "/CN=$1" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" \
      -extfile "$1.ext" -out "$1.crt" 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

print_secret() {
  cat <<END
---
apiVersion: v1
kind: Secret
metadata:
  name: $1-tls
  namespace: mien
  labels:
    app.kubernetes.io/part-of: mien
stringData:
END
  print_file ca.crt ca.crt
  print_file tls.crt "$1.crt"
  print_file tls.key "$1.key"
}

print_file() {
  printf '  %s: |\n' "$1"
  sed 's/^/    /' "$2"
}

# TensorFlow Serving reads everything from one file: its SSLConfig message in text format.
print_tf_serving_config() {
  printf '  ssl.config: |\n'
  print_field server_key mien-model-server.key
  print_field server_cert mien-model-server.crt
  print_field custom_ca ca.crt
  printf '    client_verify: true\n'
}

print_field() {
  printf '    %s: "' "$1"
  awk '{ printf "%s\\n", $0 }' "$2"
  printf '"\n'
}

make_authority
make_certificate mien-app clientAuth
make_certificate mien-model-server serverAuth
print_secret mien-app
print_secret mien-model-server
print_tf_serving_config

# shellcheck shell=bash
# Writes the overlay of a release: the gke overlay with its images, domain, address and certificate.

write_overlay() {
  if [ "$dry_run" = yes ]; then
    overlay >&3
  else
    overlay >"$work/kustomization.yaml"
  fi
}

overlay() {
  local image
  printf 'resources: [../../deploy/k8s/overlays/gke]\ncomponents: [%s]\nimages:\n' "$components"
  for image in "${images[@]}"; do
    printf '  - {name: %s, newName: %s, newTag: %s}\n' "$image" "$registry/$image" "$revision"
  done
  domain_settings
  printf 'patches:\n'
  if [ -n "$certificate" ]; then existing_certificate; else managed_certificate; fi
}

# Google's load balancer appends the service's own address to X-Forwarded-For, after the visitor's.
domain_settings() {
  cat <<END
configMapGenerator:
  - name: mien-app
    namespace: mien
    behavior: merge
    literals:
      - MIEN_ALLOWED_HOSTS=$host
      - MIEN_TRUSTED_PROXIES=130.211.0.0/22,35.191.0.0/16,$ip
END
}

managed_certificate() {
  cat <<END
  - target: {kind: ManagedCertificate, name: mien}
    patch: |-
      - {op: replace, path: /spec/domains/0, value: $host}
END
}

# Deletes the cluster's own certificate, or its controller would set the ingress back to it.
existing_certificate() {
  local path=/metadata/annotations
  cat <<END
  - target: {kind: ManagedCertificate, name: mien}
    patch: '{kind: ManagedCertificate, metadata: {name: mien}, \$patch: delete}'
  - target: {kind: Ingress, name: mien}
    patch: |-
      - {op: remove, path: $path/networking.gke.io~1managed-certificates}
      - {op: add, path: $path/ingress.gcp.kubernetes.io~1pre-shared-cert, value: $certificate}
END
}

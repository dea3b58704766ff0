output "address" {
  description = "IP address to which the domain must point."
  value       = google_compute_global_address.ingress.address
}

output "name_servers" {
  description = "Name servers to delegate the domain to in its parent zone. Empty without manage_dns."
  value       = flatten(google_dns_managed_zone.host[*].name_servers)
}

output "deploy" {
  description = "Command that deploys a checkout to these resources."
  value = join(" ", [
    "deploy/deploy.sh",
    "--project ${var.project}",
    "--region ${google_artifact_registry_repository.images.location}",
    "--cluster ${google_container_cluster.mien.name}",
    "--host ${var.host}",
    "--certificate ${google_compute_managed_ssl_certificate.host.name}",
  ])
}

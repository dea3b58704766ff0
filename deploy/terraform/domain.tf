# The address of the ingress. deploy/k8s/overlays/gke refers to it by name.
resource "google_compute_global_address" "ingress" {
  name = "mien"

  depends_on = [google_project_service.api]
}

# Google issues it once the domain points to the ingress. `deploy.sh --certificate` attaches it.
resource "google_compute_managed_ssl_certificate" "host" {
  # One name per domain, so that the ingress keeps the old certificate until it gets the new one.
  name = "mien-${substr(sha256(var.host), 0, 8)}"

  lifecycle {
    create_before_destroy = true
  }

  managed {
    domains = [var.host]
  }

  depends_on = [google_project_service.api]
}

# A zone for this one name. Its parent zone must delegate to it.
resource "google_dns_managed_zone" "host" {
  count = var.manage_dns ? 1 : 0

  name        = "mien"
  dns_name    = "${var.host}."
  description = "Domain of Mien."

  dnssec_config {
    state = "on"
  }

  depends_on = [google_project_service.api]
}

resource "google_dns_record_set" "address" {
  count = var.manage_dns ? 1 : 0

  managed_zone = google_dns_managed_zone.host[0].name
  name         = google_dns_managed_zone.host[0].dns_name
  type         = "A"
  ttl          = 300
  rrdatas      = [google_compute_global_address.ingress.address]
}

# Only Google may issue certificates for the domain.
resource "google_dns_record_set" "issuers" {
  count = var.manage_dns ? 1 : 0

  managed_zone = google_dns_managed_zone.host[0].name
  name         = google_dns_managed_zone.host[0].dns_name
  type         = "CAA"
  ttl          = 300
  rrdatas      = ["0 issue \"pki.goog\""]
}

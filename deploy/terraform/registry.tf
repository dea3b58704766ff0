resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Images are no secrets; Google encrypts them with keys of its own
  repository_id = "mien"
  description   = "Images of Mien, tagged by git revision."
  location      = var.region
  format        = "DOCKER"

  docker_config {
    # A revision is one image for ever.
    immutable_tags = true
  }

  depends_on = [google_project_service.api]
}

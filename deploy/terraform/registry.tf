resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Images are not secret, and Google encrypts them with its own keys
  repository_id = "mien"
  description   = "Container images of Mien, tagged by git revision."
  location      = var.region
  format        = "DOCKER"

  docker_config {
    # The image of a revision never changes.
    immutable_tags = true
  }

  depends_on = [google_project_service.api]
}

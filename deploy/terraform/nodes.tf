# The nodes get their own account: the default one often has far more permissions in the project.
resource "google_service_account" "nodes" {
  account_id   = "mien-nodes"
  display_name = "Nodes of Mien"

  depends_on = [google_project_service.api]
}

# Write logs and metrics, nothing else.
resource "google_project_iam_member" "nodes" {
  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  repository = google_artifact_registry_repository.images.name
  location   = google_artifact_registry_repository.images.location
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.nodes.member
}

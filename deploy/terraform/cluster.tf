resource "google_container_cluster" "mien" {
  #checkov:skip=CKV_GCP_12:Autopilot has Dataplane V2, which enforces network policies
  #checkov:skip=CKV_GCP_13:Autopilot issues no client certificates
  #checkov:skip=CKV_GCP_23:Autopilot is always VPC-native
  #checkov:skip=CKV_GCP_61:Autopilot has intranode visibility; flow logs belong to the network
  #checkov:skip=CKV_GCP_69:Autopilot always has the metadata server
  #checkov:skip=CKV_GCP_20:Operators deploy from any address; logins and roles guard the API
  #checkov:skip=CKV_GCP_65:Groups need an organization, which a project may not have
  #checkov:skip=CKV_GCP_66:Only images of this repository run, and no one else signs them
  name                = var.cluster
  location            = var.region
  network             = var.network
  resource_labels     = { app = "mien" }
  enable_autopilot    = true
  deletion_protection = var.deletion_protection

  release_channel {
    channel = "REGULAR"
  }

  # Nothing in the cluster calls the Internet. Images are pulled over Google's network.
  private_cluster_config {
    enable_private_nodes = true
  }

  # Autopilot creates all nodes with these defaults.
  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = google_service_account.nodes.email
      oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    }
  }

  depends_on = [
    google_project_iam_member.nodes,
    google_artifact_registry_repository_iam_member.nodes,
  ]
}

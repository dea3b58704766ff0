locals {
  apis = concat(
    ["artifactregistry", "cloudresourcemanager", "compute", "container", "iam"],
    var.manage_dns ? ["dns"] : [],
  )
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service = "${each.value}.googleapis.com"
  # Other services in the project may use the API, too.
  disable_on_destroy = false
}

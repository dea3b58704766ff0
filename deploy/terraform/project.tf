locals {
  apis = concat(
    ["artifactregistry", "cloudresourcemanager", "compute", "container", "iam"],
    var.manage_dns ? ["dns"] : [],
  )
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service = "${each.value}.googleapis.com"
  # Others in the project may use it, too.
  disable_on_destroy = false
}

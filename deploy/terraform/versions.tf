terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "6.50.0"
    }
  }

  # The state lives in a bucket: terraform init -backend-config=bucket=NAME
  backend "gcs" {
    prefix = "mien"
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

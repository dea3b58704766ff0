variable "project" {
  description = "ID of the Google Cloud project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project must be a project ID, such as mien-1234."
  }
}

variable "host" {
  description = "Public domain of the service."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.host)) && length(var.host) < 64
    error_message = "host must be a domain of at most 63 characters, such as mien.example.org."
  }
}

variable "region" {
  description = "Region of the images and the cluster."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region, such as europe-west1."
  }
}

variable "cluster" {
  description = "Name of the GKE Autopilot cluster."
  type        = string
  default     = "mien"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.cluster))
    error_message = "cluster must be at most 40 lower-case letters, digits and hyphens."
  }
}

variable "network" {
  description = "VPC network of the cluster. It must have a subnetwork in the region."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.network))
    error_message = "network must be a network name."
  }
}

variable "manage_dns" {
  description = "Whether to manage the domain in Cloud DNS. Set it to false if its records are elsewhere."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether `terraform destroy` refuses to delete the cluster."
  type        = bool
  default     = true
}

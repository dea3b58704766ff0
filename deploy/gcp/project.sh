# shellcheck shell=bash
# Creates what a release needs: APIs, image repository, node account, cluster and address.
# deploy/terraform/ creates the same resources under the same names.

apis=(artifactregistry cloudresourcemanager compute container iam)

prepare_project() {
  enable_apis
  ensure_node_account
  ensure_repository
  grant_node_roles
  ensure_cluster
  ensure_address
  cloud container clusters get-credentials "$cluster" --region="$region"
}

enable_apis() {
  local enabled missing=() api
  enabled=$(cloud services list --enabled '--format=value(config.name)')
  for api in "${apis[@]}"; do
    grep -qxF "$api.googleapis.com" <<<"$enabled" || missing+=("$api.googleapis.com")
  done
  [ ${#missing[@]} -eq 0 ] || cloud services enable "${missing[@]}"
}

# The nodes get their own account: the default one often has far more permissions.
ensure_node_account() {
  nodes=mien-nodes@$project.iam.gserviceaccount.com
  ensure "$nodes" cloud iam service-accounts list '--format=value(email)' -- \
    cloud iam service-accounts create mien-nodes --display-name="Nodes of Mien"
}

ensure_repository() {
  ensure mien \
    cloud artifacts repositories list --location="$region" '--format=value(name.basename())' -- \
    cloud artifacts repositories create mien --repository-format=docker --immutable-tags \
    --location="$region"
}

# The nodes may write logs and metrics, and pull the images.
grant_node_roles() {
  ensure_role roles/container.defaultNodeServiceAccount projects "$project"
  ensure_role roles/artifactregistry.reader "artifacts repositories" mien --location="$region"
}

# ensure_role ROLE GROUP RESOURCE...: grants the nodes ROLE on a resource of a gcloud command GROUP.
ensure_role() {
  local role=$1 group who=serviceAccount:$nodes
  read -ra group <<<"$2"
  ensure "$role" \
    cloud "${group[@]}" get-iam-policy "${@:3}" --flatten='bindings[].members' \
    --filter="bindings.members=$who" '--format=value(bindings.role)' -- \
    cloud "${group[@]}" add-iam-policy-binding "${@:3}" --member="$who" --role="$role" \
    --condition=None --format=none
}

ensure_cluster() {
  ensure "$cluster" cloud container clusters list --region="$region" '--format=value(name)' -- \
    cloud container clusters create-auto "$cluster" --region="$region" --release-channel=regular \
    --enable-private-nodes --service-account="$nodes"
}

ensure_address() {
  ensure mien cloud compute addresses list --global '--format=value(name)' -- \
    cloud compute addresses create mien --global
}

# shellcheck shell=bash
# The project's parts: APIs, image repository, nodes' account, cluster and address.
# deploy/terraform/ makes the same by the same names.

apis=(artifactregistry cloudresourcemanager compute container iam)

prepare_project() {
  enable_apis
  ensure_nodes_account
  ensure_repository
  grant_nodes_their_rights
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

# The nodes have an account of their own, since the default one may often do anything.
ensure_nodes_account() {
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

# What they may: write logs and metrics, and fetch the images.
grant_nodes_their_rights() {
  ensure_role roles/container.defaultNodeServiceAccount projects "$project"
  ensure_role roles/artifactregistry.reader "artifacts repositories" mien --location="$region"
}

# ensure_role ROLE GROUP RESOURCE...: gives the nodes ROLE on a resource of the command GROUP.
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

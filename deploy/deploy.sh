#!/usr/bin/env bash
# Ships this checkout to Google Cloud: images to Artifact Registry, workloads to GKE Autopilot.
# Run it again at any time: what is there stays as it is. Its page is docs/how-to/gcp.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 # Nobody may be there to answer gcloud.
export CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=true
exec 3>&1 # Where commands are shown, also from within $(...).

source deploy/gcp/commands.sh
source deploy/gcp/options.sh
source deploy/gcp/checks.sh
source deploy/gcp/project.sh
source deploy/gcp/images.sh
source deploy/gcp/overlay.sh
source deploy/gcp/workloads.sh
source deploy/gcp/smoke_test.sh

main() {
  read_options "$@"
  check_tools
  check_tree
  make_work_folder
  check_logins
  prepare_project
  push_images
  prepare_namespace
  ship
}

# make_work_folder: for kubectl's credentials and the overlay; it goes when the script ends.
make_work_folder() {
  mkdir -p .cache
  trap clean_up EXIT
  work=$(umask 077 && mktemp -d .cache/deploy.XXXXXX)
  export KUBECONFIG=$PWD/$work/kubeconfig # The user's own stays as it is.
}

clean_up() {
  stop_forwarding
  rm -rf "$work"
}

main "$@"

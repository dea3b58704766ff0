#!/usr/bin/env bash
# Ships this checkout to Google Cloud: images to Artifact Registry, workloads to GKE Autopilot.
# You can run it again at any time: it keeps what exists. See docs/how-to/gcp.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 # The script may run unattended.
export CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=true
exec 3>&1 # Commands are printed here, also from within $(...).

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

# make_work_folder: holds kubectl's credentials and the overlay. Deleted when the script ends.
make_work_folder() {
  mkdir -p .cache
  trap clean_up EXIT
  work=$(umask 077 && mktemp -d .cache/deploy.XXXXXX)
  export KUBECONFIG=$PWD/$work/kubeconfig # Leaves the user's own unchanged.
}

clean_up() {
  stop_forwarding
  rm -rf "$work"
}

main "$@"

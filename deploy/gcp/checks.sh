# shellcheck shell=bash
# Checks before the first change: tools, a clean checkout and logins.

account="" # The account that is logged in to gcloud.
revision="" # The tag of the images.

check_tools() {
  local missing=no
  need git "apt-get install git"
  if [ "$dry_run" = no ]; then
    need gcloud "https://cloud.google.com/sdk/docs/install"
    need gke-gcloud-auth-plugin "gcloud components install gke-gcloud-auth-plugin"
    need kubectl "gcloud components install kubectl"
    need docker "https://docs.docker.com/engine/install"
    need openssl "apt-get install openssl"
    need curl "apt-get install curl"
  fi
  [ "$missing" = no ] || exit 1
}

# need TOOL INSTALL: reports a missing tool. The caller exits after all of them are reported.
need() {
  command -v "$1" >/dev/null && return
  missing=yes
  printf 'deploy.sh: %s is missing. Install it: %s\n' "$1" "$2" >&2
}

check_tree() {
  local changes
  revision=$(git rev-parse --short=12 HEAD) || fail "No git revision found to tag the images with. Run it in a git checkout."
  changes=$(git status --porcelain)
  [ -n "$changes" ] || return 0
  [ "$allow_dirty" = yes ] ||
    fail "Uncommitted changes. Commit them, or use --allow-dirty:"$'\n'"$changes"
  # Two dirty checkouts of one revision differ, so each gets a tag of its own.
  revision+=-dirty-$(date -u +%Y%m%d%H%M%S)
}

check_logins() {
  account=$(run gcloud auth list --filter=status:ACTIVE '--format=value(account)')
  [ -n "$account" ] || [ "$dry_run" = yes ] || fail "Not logged in to gcloud. Run: gcloud auth login"
  run gcloud projects describe "$project" '--format=value(projectId)' >/dev/null
  run docker version '--format={{.Server.Version}}' >/dev/null
}

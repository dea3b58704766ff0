# shellcheck shell=bash
# What must be there before anything is touched.

account="" # Who is logged in to gcloud.
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

# need TOOL REMEDY: notes that a tool is missing, so that all are named at once.
need() {
  command -v "$1" >/dev/null && return
  missing=yes
  printf 'deploy.sh: %s is missing: %s\n' "$1" "$2" >&2
}

check_tree() {
  local changes
  revision=$(git rev-parse --short=12 HEAD) || fail "no git revision to tag the images with."
  changes=$(git status --porcelain)
  [ -n "$changes" ] || return 0
  [ "$allow_dirty" = yes ] ||
    fail "there are changes that are not committed; commit them, or --allow-dirty:"$'\n'"$changes"
  # No two of them are the same, so none may take another's tag.
  revision+=-dirty-$(date -u +%Y%m%d%H%M%S)
}

check_logins() {
  account=$(run gcloud auth list --filter=status:ACTIVE '--format=value(account)')
  [ -n "$account" ] || [ "$dry_run" = yes ] || fail "nobody is logged in: gcloud auth login"
  run gcloud projects describe "$project" '--format=value(projectId)' >/dev/null
  run docker version '--format={{.Server.Version}}' >/dev/null
}

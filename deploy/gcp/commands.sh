# shellcheck shell=bash
# How commands are shown, run and, when they fail, explained.

work="" # The folder of what lives as long as this run.

say() { printf '%s\n' "$*" >&3; }

complain() { printf 'deploy.sh: %s\n' "$*" >&2; }

fail() {
  complain "$@"
  exit 1
}

show() { say "+$(printf ' %q' "$@")"; }

# run COMMAND...: shows it and runs it; a dry run only shows it.
run() {
  show "$@"
  [ "$dry_run" = no ] || return 0
  { "$@" 2>&1 >&4 | tee "$work/errors" >&2; } 4>&1 || { explain "$@"; return 1; }
}

cloud() { run gcloud "$@" --project="$project"; }

kube() { run kubectl --namespace=mien "$@"; }

# succeeds COMMAND...: asks without showing the answer; in a dry run the answer is no.
succeeds() {
  show "$@"
  [ "$dry_run" = no ] && "$@" >/dev/null 2>&1
}

# ensure NAME LIST... -- CREATE...: runs CREATE unless NAME is a line of what LIST says.
ensure() {
  local name=$1 list=() names
  shift
  while [ "$1" != -- ]; do
    list+=("$1")
    shift
  done
  names=$("${list[@]}") || return
  grep -qxF -e "$name" <<<"$names" || "${@:2}"
}

# explain COMMAND...: says what a failed command lacked, as far as its errors tell.
explain() {
  local services='artifactregistry|compute|container|iam|resourcemanager|serviceusage' right
  right=$(grep -oE "[\"']($services)\.[a-zA-Z.]+[\"']" "$work/errors" | head -n 1 | tr -d "\"'") || true
  if [ -n "$right" ]; then
    complain "$account lacks the right $right in $project; $(role_with "$right") has it."
  elif grep -qE 'gcloud auth login|Reauthentication|UNAUTHENTICATED' "$work/errors"; then
    complain "the login of $account does not hold any more: gcloud auth login"
  else
    complain "this failed:$(printf ' %q' "$@")"
  fi
}

# role_with RIGHT: the least of Google's own roles that has a right that this script needs.
role_with() {
  case $1 in
    artifactregistry.*) echo roles/artifactregistry.admin ;;
    compute.*) echo roles/compute.publicIpAdmin ;;
    container.*) echo roles/container.admin ;;
    iam.serviceAccounts.actAs) echo roles/iam.serviceAccountUser ;;
    iam.*) echo roles/iam.serviceAccountCreator ;;
    resourcemanager.*) echo roles/resourcemanager.projectIamAdmin ;;
    serviceusage.*) echo roles/serviceusage.serviceUsageAdmin ;;
  esac
}

# shellcheck shell=bash
# Prints and runs commands, and explains the ones that fail.

work="" # Temporary folder of this run.

say() { printf '%s\n' "$*" >&3; }

complain() { printf 'deploy.sh: %s\n' "$*" >&2; }

fail() {
  complain "$@"
  exit 1
}

show() { say "+$(printf ' %q' "$@")"; }

# run COMMAND...: prints a command and runs it. A dry run only prints it.
run() {
  show "$@"
  [ "$dry_run" = no ] || return 0
  { "$@" 2>&1 >&4 | tee "$work/errors" >&2; } 4>&1 || { explain "$@"; return 1; }
}

cloud() { run gcloud "$@" --project="$project"; }

kube() { run kubectl --namespace=mien "$@"; }

# succeeds COMMAND...: prints and runs a command without its output. Fails in a dry run.
succeeds() {
  show "$@"
  [ "$dry_run" = no ] && "$@" >/dev/null 2>&1
}

# ensure NAME LIST... -- CREATE...: runs CREATE unless LIST prints NAME as one of its lines.
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

# explain COMMAND...: names the missing permission or login, if the command's errors show it.
explain() {
  local services='artifactregistry|compute|container|iam|resourcemanager|serviceusage' permission
  permission=$(grep -oE "[\"']($services)\.[a-zA-Z.]+[\"']" "$work/errors" | head -n 1 | tr -d "\"'") || true
  if [ -n "$permission" ]; then
    complain "$account lacks the permission $permission in $project. Grant $(role_with "$permission")."
  elif grep -qE 'gcloud auth login|Reauthentication|UNAUTHENTICATED' "$work/errors"; then
    complain "The login of $account has expired. Run: gcloud auth login"
  else
    complain "Command failed:$(printf ' %q' "$@")"
  fi
}

# role_with PERMISSION: prints Google's smallest predefined role that has the permission.
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

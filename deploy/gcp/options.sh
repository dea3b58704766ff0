# shellcheck shell=bash
# Command-line options.

images=(mien-app mien-model-server) components=""
project="" region=europe-west1 cluster=mien host="" certificate="" dry_run=no allow_dirty=no

usage() {
  cat <<'END'
deploy/deploy.sh --project ID --host DOMAIN [--region REGION] [--cluster NAME]
                 [--certificate NAME] [--tf-serving] [--allow-dirty] [--dry-run]

  --project ID       Google Cloud project to deploy to and to bill
  --host DOMAIN      public domain of the service
  --region REGION    region of the images and the cluster (default: europe-west1)
  --cluster NAME     GKE Autopilot cluster, created if missing (default: mien)
  --certificate NAME existing certificate to use instead of a new managed one
  --tf-serving       use TensorFlow Serving instead of the embedded model server
  --allow-dirty      deploy uncommitted changes
  --dry-run          print every command without running it
END
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --project | --host | --region | --cluster | --certificate)
        [ $# -gt 1 ] || fail "$1 needs a value. See --help."
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      --tf-serving)
        images=(mien-app mien-tf-serving)
        components=../../deploy/k8s/components/tf-serving
        ;;
      --allow-dirty) allow_dirty=yes ;;
      --dry-run) dry_run=yes ;;
      --help) usage && exit ;;
      *) fail "Unknown option $1. See --help." ;;
    esac
    shift
  done
  check_options
}

check_options() {
  local label='[a-z0-9]([a-z0-9-]*[a-z0-9])?' name='[a-z]([a-z0-9-]*[a-z0-9])?'
  must_match --project "$project" "$name" 'a project ID, such as mien-1234'
  must_match --host "$host" "($label\.)+[a-z]{2,}" 'a domain, such as mien.example.org'
  must_match --region "$region" '[a-z]+-[a-z]+[0-9]+' 'a region, such as europe-west1'
  must_match --cluster "$cluster" "$name" 'a cluster name'
  must_match --certificate "$certificate" "($name)?" 'a certificate name'
}

# must_match OPTION VALUE PATTERN MEANING
must_match() {
  [[ $2 =~ ^($3)$ ]] || fail "$1 must be $4, but is '$2'."
}

# shellcheck shell=bash
# What the command line may say.

images=(mien-app mien-model-server) components=""
project="" region=europe-west1 cluster=mien host="" certificate="" dry_run=no allow_dirty=no

usage() {
  cat <<'END'
deploy/deploy.sh --project ID --host DOMAIN [--region REGION] [--cluster NAME]
                 [--certificate NAME] [--tf-serving] [--allow-dirty] [--dry-run]

  --project ID       the Google Cloud project that pays for it
  --host DOMAIN      the domain at which visitors find the service
  --region REGION    where images and cluster live (europe-west1)
  --cluster NAME     the GKE Autopilot cluster; made where it is not there (mien)
  --certificate NAME a certificate that is there, instead of one that the cluster gets
  --tf-serving       TensorFlow Serving in the place of the embedded model server
  --allow-dirty      ship changes that are not committed
  --dry-run          show every command and run none
END
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --project | --host | --region | --cluster | --certificate)
        [ $# -gt 1 ] || fail "$1 needs a value; see --help."
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
      *) fail "$1 is no option of deploy.sh; see --help." ;;
    esac
    shift
  done
  check_options
}

check_options() {
  local label='[a-z0-9]([a-z0-9-]*[a-z0-9])?' name='[a-z]([a-z0-9-]*[a-z0-9])?'
  must_match --project "$project" "$name" 'the id of a project, such as mien-1234'
  must_match --host "$host" "($label\.)+[a-z]{2,}" 'a domain, such as mien.example.org'
  must_match --region "$region" '[a-z]+-[a-z]+[0-9]+' 'a region, such as europe-west1'
  must_match --cluster "$cluster" "$name" 'the name of a cluster'
  must_match --certificate "$certificate" "($name)?" 'the name of a certificate'
}

# must_match OPTION VALUE PATTERN MEANING
must_match() {
  [[ $2 =~ ^($3)$ ]] || fail "$1 must be $4, but is '$2'."
}

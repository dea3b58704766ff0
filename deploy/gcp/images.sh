# shellcheck shell=bash
# Builds the images from this checkout, tags them with its revision, and pushes new ones.

push_images() {
  local image
  registry=$region-docker.pkg.dev/$project/mien
  run gcloud auth configure-docker "$region-docker.pkg.dev"
  for image in "${images[@]}"; do
    push_image "$image"
  done
}

push_image() {
  local tagged=$registry/$1:$revision dockerfile=deploy/docker/${1#mien-}.Dockerfile
  if succeeds docker manifest inspect "$tagged"; then return; fi
  # The nodes are amd64, even if this machine is not.
  run docker build --platform=linux/amd64 --file="$dockerfile" --tag="$tagged" .
  run docker push "$tagged"
}

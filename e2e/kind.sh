#!/usr/bin/env bash
# Makes a kind cluster whose kube-apiserver takes its AuthorizationConfiguration from a folder of this machine, installs
# the chart there and operates it: the tests of e2e/cluster. `make e2e-kind` builds the images first.
# Needs docker, kind, kubectl, helm and go.
#
#   KUBERNETES   version of the node image, 1.30 or later, as v1.34.0 (default: kind's own)
#   KEEP         anything: keep the cluster, and say how to reach it
set -euo pipefail
cd "$(dirname "$0")/.."

for command in docker kind kubectl helm go; do
  command -v "$command" >/dev/null || { echo "error: $command is missing" >&2; exit 1; }
done
for image in bin/e2e/{current,previous}.tar; do
  [ -f "$image" ] || { echo "error: $image is missing: run make e2e-kind" >&2; exit 1; }
done

cluster=bailiwick-e2e
folder=$PWD/bin/e2e/apiserver # under this name on this machine, on the node, and for kube-apiserver
kubeconfig=$PWD/bin/e2e/kubeconfig

cleanup() {
  if [ -n "${KEEP:-}" ]; then
    echo "kept: export KUBECONFIG=$kubeconfig; to remove it: kind delete cluster --name $cluster"
    return
  fi
  kind delete cluster --name "$cluster" --kubeconfig "$kubeconfig"
  rm -rf "$folder" "$kubeconfig"
}
trap cleanup EXIT

mkdir -p "$folder"
cp e2e/node/config/authorization.yaml "$folder/"
# kind gives the arguments the form that kubeadm wants of this version. Told of a chain of authorizers, kubeadm leaves its
# own --authorization-mode out.
kind create cluster --name "$cluster" --kubeconfig "$kubeconfig" --wait 120s \
  ${KUBERNETES:+--image "kindest/node:$KUBERNETES"} --config - <<YAML
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
  - {hostPath: "$folder", containerPath: "$folder"}
  kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    apiServer:
      extraArgs:
        authorization-config: "$folder/authorization.yaml"
      extraVolumes:
      - {name: bailiwick, hostPath: "$folder", mountPath: "$folder", readOnly: true, pathType: Directory}
YAML
for image in bin/e2e/{current,previous}.tar; do
  kind load image-archive "$image" --name "$cluster"
done
# What kube-apiserver shows to webhooks: the certificate with which it comes to kubelets, as the chart expects.
for kind in crt key; do
  docker exec "$cluster-control-plane" cat "/etc/kubernetes/pki/apiserver-kubelet-client.$kind" >"$folder/client.$kind"
done

BAILIWICK_E2E_KUBECONFIG=$kubeconfig BAILIWICK_E2E_APISERVER=$folder go test -count=1 -v -timeout 20m ./e2e/cluster

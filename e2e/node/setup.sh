# Runs inside the namespaces of a node, once. $1: the node's folder, $2: its name, $3: its address.
mount --make-rprivate /
mount --make-rshared / # the mounts of pods have to reach the kubelet and containerd
mount -t proc proc /proc

# What the programs leave in fixed places stays in here.
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir /run/netns /run/containerd "$1/var-lib" "$1/var-lib.work"
mount -t overlay overlay -o "lowerdir=/var/lib,upperdir=$1/var-lib,workdir=$1/var-lib.work" /var/lib

# The kubelet would change these for the whole machine. It reads files that say what it wants, and is content.
for setting in vm/overcommit_memory:1 kernel/panic:10 kernel/panic_on_oops:1; do
  file=$1/$(basename "${setting%:*}")
  echo "${setting#*:}" >"$file"
  mount --bind "$file" "/proc/sys/${setting%:*}"
done
: >"$1/resolv.conf"
[ ! -f /etc/resolv.conf ] || mount --bind "$1/resolv.conf" /etc/resolv.conf

# The node's address is on a bridge with nothing behind it, and so is its default route: the addresses of Services need a
# route before they are rewritten.
ip link set lo up
ip link add node0 type bridge
ip addr add "$3/24" dev node0
ip link set node0 up
ip route add default dev node0
echo 1 >/proc/sys/net/ipv4/ip_forward
hostname "$2"

import { bedFolder, NODE_ADDRESS, POD_SUBNET } from './place.ts';
import { PAUSE } from './pause.ts';

/** One bridge for all Pods. */
export const networkConfig = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: POD_SUBNET }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: `${bedFolder}/cni/addresses`,
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** containerd with folders of its own. */
export const containerdConfig = (socket: string): string => `version = 2
root = "${bedFolder}/containerd/root"
state = "${bedFolder}/containerd/state"
[grpc]
address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
path = "${bedFolder}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE.name}"
disable_apparmor = true
netns_mounts_under_state_dir = true
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${bedFolder}/cni"
`;

/** A kubelet that leaves the machine's cgroups, disk and firewall alone. */
export const kubeletConfig = (socket: string): string => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
failSwapOn: false
containerRuntimeEndpoint: unix://${socket}
evictionHard: {nodefs.available: "0%", imagefs.available: "0%", memory.available: "0%"}
makeIPTablesUtilChains: false
address: ${NODE_ADDRESS}
healthzBindAddress: 127.0.0.1
podLogsDir: ${bedFolder}/pod-logs
`;

/** kube-proxy in nftables mode. */
export const proxyConfig = (kubeconfig: string): string => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: ${kubeconfig}}
clusterCIDR: 10.244.0.0/16
hostnameOverride: node1
conntrack: {maxPerCore: 0, min: 0}
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
`;

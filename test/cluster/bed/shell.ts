import { execa } from 'execa';
import { ClusterNode } from './node.ts';
import { bedFolder, toolFolder } from './place.ts';

/** Runs inside the bed's namespace: a node, and a shell whose kubectl and helm talk to it. */
const node = new ClusterNode();
await node.open();
console.error(`The node is ready; logs lie in ${bedFolder}. The end of this shell is the end of the node.`);
const env = { KUBECONFIG: node.kubeconfig, PATH: `${toolFolder}:${process.env['PATH'] ?? ''}` };
await execa(process.env['SHELL'] || 'bash', { stdio: 'inherit', reject: false, env });
await node.close();

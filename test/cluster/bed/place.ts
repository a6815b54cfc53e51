import { homedir } from 'node:os';
import { join } from 'node:path';

/** Names the bed's network namespace and its folder; two beds on one machine need two names. */
export const bedName = process.env['PORTICO_BED'] || 'portico-bed';

/** Everything that a running bed writes; short, because the paths of sockets are limited. */
export const bedFolder = `/var/tmp/${bedName}`;

/** What is built once and kept. */
export const toolFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'portico-bed', 'bin');

/** Path of a program that the bed brought itself. */
export const tool = (name: string): string => join(toolFolder, name);

/** The node's address, which is the API server's. */
export const NODE_ADDRESS = '10.100.0.1';

/** Addresses of Pods. */
export const POD_SUBNET = '10.244.0.0/24';

/** Addresses that are all this machine's inside the namespace: one server there stands in for as many Pods as wanted. */
export const STAND_IN_SUBNET = '10.245.0.0/16';

import { Fault } from '../problems/fault.ts';
import { isSystemError } from '../values/thrown.ts';

/** Whether an exception tells of a broken world (a Fault, or what the system refused), not of our own bug. */
export const isBrokenWorld = (error: unknown): error is Error => error instanceof Fault || isSystemError(error);

import type { EngineId } from '../port.ts';

/** Of a container that nobody ever made. */
export const NONE = 'f'.repeat(64) as EngineId;

/** A signal that does not fire. */
export const never = (): AbortSignal => new AbortController().signal;

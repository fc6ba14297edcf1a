export * from './keyed-lock.ts';
export * from './labels.ts';
export * from './plan.ts';
export * from './port.ts';
export type { ContainerStats } from './stats.ts';
export * from './lifecycle.ts';
export * from './docker/engine.ts';
export type { StartProgress } from './provision.ts';

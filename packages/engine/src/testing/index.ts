export * from './engine-contract.ts';
export * from './faults.ts';
export { createMemoryEngine } from '../memory/engine.ts';

export * from './engine-contract.ts';
export * from './faults.ts';
export * from '../memory/engine.ts';

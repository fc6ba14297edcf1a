export * from './engine-contract.ts';
export * from './faults.ts';

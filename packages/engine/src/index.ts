export * from './labels.ts';
export * from './plan.ts';
export * from './port.ts';

export * from '../store/testing/load-property.ts';
export * from '../store/testing/reload-property.ts';
export * from '../yaml/testing/cut-property.ts';
export * from '../yaml/testing/splice-property.ts';

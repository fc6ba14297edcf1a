export * from '../history/testing/history-property.ts';
export * from '../store/testing/edit-property.ts';
export * from '../store/testing/fault-trials.ts';
export * from '../store/testing/hand-trials.ts';
export * from '../store/testing/load-property.ts';
export * from '../store/testing/reload-property.ts';
export * from '../yaml/testing/cut-property.ts';
export * from '../yaml/testing/splice-property.ts';

export * from './addresses.ts';
export * from './busybox-image.ts';
export * from './cleanup.ts';
export * from './engine.ts';
export * from './images.ts';
export * from './private-engine.ts';
export * from './registry.ts';

export * from './arena.js';
export * from './errors.js';

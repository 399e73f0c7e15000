export { describeTransport } from './conformance.js';
export * from './left-behind.js';
export * from './peer.js';
export type { EndpointCommands, RecordRun } from './peers/endpoint.js';
export { type Commands, servePeer } from './peers/serve.js';
export * from './script.js';
export * from './sequence.js';
export * from './stage.js';
export * from './transport.js';

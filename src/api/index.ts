export { connectInProcess, type Client } from './client.ts';
export * from './contract.ts';
export type * from './history.ts';
export type * from './schemas.ts';

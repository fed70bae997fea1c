export { type RestOptions, createRestServer } from './server.ts';

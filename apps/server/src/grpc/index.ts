export { type GrpcOptions, type GrpcServer, createGrpcServer } from './server.ts';

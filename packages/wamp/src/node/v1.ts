export * from '../v1/index.ts'
export { type ConnectWampOptions, connectWamp } from './connect-wamp.ts'

export {
  ApiMisuse,
  type CloseInfo,
  ConnectionClosed,
  type ConnectOptions,
  connectWS,
  HandshakeFailed,
  type Listener,
  type ListenOptions,
  listenWS,
} from '@autobahn-ts/websocket'
export * from '../v1/index.ts'
export { type ConnectWampOptions, connectWamp } from './connect-wamp.ts'

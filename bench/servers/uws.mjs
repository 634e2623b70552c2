import * as uWS from 'uws-pack'
import { largest, news, serving, wanted } from './serving.mjs'

const { deflate = false, tls, isText, upload } = wanted
const codecs = {
  // Windows of 4 KiB, the closest to the other servers that its options allow.
  takeover: uWS.DEDICATED_COMPRESSOR_16KB | uWS.DEDICATED_DECOMPRESSOR_4KB,
  none: uWS.SHARED_COMPRESSOR | uWS.SHARED_DECOMPRESSOR,
}
const app = tls ? uWS.SSLApp({ cert_file_name: tls.cert, key_file_name: tls.key }) : uWS.App()
app.ws('/*', {
  compression: deflate ? codecs[deflate] : uWS.DISABLED,
  maxPayloadLength: largest,
  maxBackpressure: 64 * 1024 * 1024,
  idleTimeout: 0,
  sendPingsAutomatically: false,
  open: socket => socket.subscribe('news'),
  message: upload
    ? (socket, message) => socket.send(String(message.byteLength))
    : (socket, message, isBinary) => socket.send(isText ? Buffer.from(message).toString() : message, isBinary, deflate !== false),
})
app.listen('127.0.0.1', 0, token =>
  serving(uWS.us_socket_local_port(token), { broadcast: () => app.publish('news', news, true, deflate !== false) }),
)

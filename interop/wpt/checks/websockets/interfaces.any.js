// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

idl_test(['websockets'], ['events'], idls => {
  idls.add_objects({
    WebSocket: ['new WebSocket("ws://invalid")'],
    WebSocketStream: ['new WebSocketStream("ws://invalid")'],
    WebSocketError: ['new WebSocketError()'],
    CloseEvent: ['new CloseEvent("close")'],
  })
})

import { ApiMisuse } from '../protocol/faults/errors.ts'

// The names of the root that need Node. A module for both runtimes may import them; on a page a call says what is wrong.

export function addressIn(..._given: unknown[]): never {
  throw needsNode('addressIn')
}

export function attach(..._given: unknown[]): never {
  throw needsNode('attach')
}

export function attachWS(..._given: unknown[]): never {
  throw needsNode('attachWS')
}

export function awaitedClock(..._given: unknown[]): never {
  throw needsNode('awaitedClock')
}

export function checkPage(..._given: unknown[]): never {
  throw needsNode('checkPage')
}

export function checkSocketPath(..._given: unknown[]): never {
  throw needsNode('checkSocketPath')
}

export function clusterBus(..._given: unknown[]): never {
  throw needsNode('clusterBus')
}

export function connectSocket(..._given: unknown[]): never {
  throw needsNode('connectSocket')
}

export function diagnosticsChannels(..._given: unknown[]): never {
  throw needsNode('diagnosticsChannels')
}

export function handleUpgrade(..._given: unknown[]): never {
  throw needsNode('handleUpgrade')
}

export function listenWS(..._given: unknown[]): never {
  throw needsNode('listenWS')
}

export function nodeRuntime(..._given: unknown[]): never {
  throw needsNode('nodeRuntime')
}

export function onDiagnostics(..._given: unknown[]): never {
  throw needsNode('onDiagnostics')
}

export function permessageDeflate(..._given: unknown[]): never {
  throw needsNode('permessageDeflate')
}

export function serve(..._given: unknown[]): never {
  throw needsNode('serve')
}

export function toDuplex(..._given: unknown[]): never {
  throw needsNode('toDuplex')
}

export function transportOf(..._given: unknown[]): never {
  throw needsNode('transportOf')
}

/** Throws with `new` too. */
export function SocketByteStream(..._given: unknown[]): never {
  throw needsNode('SocketByteStream')
}

function needsNode(name: string): ApiMisuse {
  return new ApiMisuse(`${name} needs Node: a browser can connect to servers, and do nothing else`)
}

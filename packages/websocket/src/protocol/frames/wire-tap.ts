import { heeded } from '../../bytes/awaitable.ts'
import type { ReceivedOctets } from '../../bytes/octets.ts'
import type { FrameHeader } from './frame-header.ts'

/** Hooks that see everything on the wire, for logs and inspection. Octets are copies, which the tap may keep. Errors of its hooks are ignored. */
export interface WireTap {
  octetsReceived?(octets: ReceivedOctets, source: object): void
  octetsSent?(octets: ReceivedOctets, source: object): void
  /** Called when the header of an incoming frame has been checked. */
  frameReceived?(header: FrameHeader, source: object): void
  frameSent?(header: FrameHeader, source: object): void
}

/** Joins two taps to one; usually there is none. If one of them throws, the other is called all the same. */
export function joinedTaps(one: WireTap | undefined, other: WireTap | undefined): WireTap | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return {
    octetsReceived(octets, source): void {
      both(
        () => one.octetsReceived?.(octets, source),
        () => other.octetsReceived?.(octets, source),
      )
    },
    octetsSent(octets, source): void {
      both(
        () => one.octetsSent?.(octets, source),
        () => other.octetsSent?.(octets, source),
      )
    },
    frameReceived(header, source): void {
      both(
        () => one.frameReceived?.(header, source),
        () => other.frameReceived?.(header, source),
      )
    },
    frameSent(header, source): void {
      both(
        () => one.frameSent?.(header, source),
        () => other.frameSent?.(header, source),
      )
    },
  }
}

function both(one: () => unknown, other: () => unknown): void {
  callOnlooker(one)
  callOnlooker(other)
}

/** Calls a hook of a tap or an observer. Its errors, and rejections of its promise, are ignored: onlookers have no effect on a connection. */
export function callOnlooker(call: () => unknown): void {
  try {
    heeded(call())
  } catch {
    // see above
  }
}

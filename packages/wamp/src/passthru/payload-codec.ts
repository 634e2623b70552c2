import type { PassthruAttributes, Uri } from '../messages/message.ts'
import type { Kwargs } from '../messages/payload.ts'

/** Turns payloads into octets and back, for one scheme of payload passthru mode. */
export interface PayloadCodec {
  /** The name of the scheme: `wamp`, `mqtt`, or one of your own, which begins with `x_`. */
  readonly scheme: string
  /** Seals a payload. The URI is that of the procedure, topic or error; absent for results. */
  encode(payload: { readonly args: readonly unknown[]; readonly kwargs: Kwargs }, uri: Uri | undefined): SealedPayload
  /** Opens a payload, by the attributes that came with it. Throws where it cannot. The URI as in `encode`; absent also for events and calls that name none. */
  decode(
    octets: Uint8Array,
    attributes: PassthruAttributes,
    uri: Uri | undefined,
  ): { readonly args?: readonly unknown[]; readonly kwargs?: Kwargs }
}

/** A payload in its sealed form, with what its receiver needs to open it. */
export interface SealedPayload {
  readonly octets: Uint8Array
  readonly serializer?: string
  readonly cipher?: string
  readonly keyid?: string
}

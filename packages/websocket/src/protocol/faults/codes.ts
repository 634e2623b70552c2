// The close codes, each by itself: a bundler writes the numbers where they are used, and a page loads no table of them. `CloseCode` has
// them all; here are those that this library sends and compares.

export const Normal = 1000
export const ProtocolError = 1002
export const UnsupportedData = 1003
/** Never on the wire: the close frame had no code. */
export const NoCode = 1005
/** Never on the wire: the connection was lost without a close frame. */
export const Abnormal = 1006
export const InvalidPayload = 1007
export const PolicyViolation = 1008
export const MessageTooBig = 1009
export const MandatoryExtension = 1010
export const InternalError = 1011

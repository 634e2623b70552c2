/** Opcodes, RFC 6455 §5.2. */
export const Opcode = {
  Continuation: 0,
  Text: 1,
  Binary: 2,
  Close: 8,
  Ping: 9,
  Pong: 10,
} as const

/** Whether an opcode is that of a control frame, which has the highest bit set, RFC 6455 §5.5. */
export function isControl(opcode: number): boolean {
  return opcode >= 8
}

/** Whether an opcode is left to extensions: 3 to 7 and 11 to 15, RFC 6455 §5.2. */
export function isReserved(opcode: number): boolean {
  return (opcode & 7) > 2
}

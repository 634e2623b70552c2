/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The promise that `Channel.join` returns. It resolves when the connection has left. With `using`, the connection leaves at the end of the
 * block.
 */
export interface Membership extends Promise<void>, Disposable {}

/** Makes a membership of a promise. `leave` is called at the end of a block with `using`. */
export function membershipOf(left: Promise<void>, leave: () => void): Membership {
  return Object.defineProperty(left, disposeSymbol, { value: leave }) as Membership
}

/** `Symbol.dispose`, or the symbol that compilers use in its place in runtimes that do not have it. */
const disposeSymbol: symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose')

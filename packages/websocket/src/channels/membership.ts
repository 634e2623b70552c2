/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The promise that `Channel.join` returns. It resolves when the connection has left. With `using`, the connection leaves at the end of the
 * block.
 */
export interface Membership extends Promise<void>, Disposable {
  /**
   * Resolves when the member gets what is broadcast in other processes: when the bus of the channel has confirmed it, and at once without a
   * bus. Rejects with the error of the bus if it does not: the member then gets only what is broadcast in this process, until the bus, which is asked
   * again from time to time, does not refuse any more. The rejection need not be handled.
   */
  readonly joined: Promise<void>
}

/** Makes a membership of a promise that is used for nothing else. `leave` is called at the end of a block with `using`. */
export function membershipOf(left: Promise<void>, joined: Promise<void>, leave: () => void): Membership {
  return Object.defineProperties(left, { joined: { value: joined }, [disposeSymbol]: { value: leave } }) as Membership
}

/** `Symbol.dispose`, or the symbol that compilers use in its place in runtimes that do not have it. */
const disposeSymbol: symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/** The part of `process` that is used. */
export interface SignalledProcess {
  on(signal: EndSignal, listener: (signal: EndSignal) => void): unknown
  off(signal: EndSignal, listener: (signal: EndSignal) => void): unknown
  exit(code: number): void
}

export type EndSignal = 'SIGINT' | 'SIGTERM'

/**
 * Calls `close` at the first Ctrl-C or SIGTERM and resolves when it is done; the second one ends the process at once.
 *
 * A program calls it before it says that it is ready: the reader of that line may send a signal at once, which would end the process.
 */
export async function endOnSignals(
  close: () => Promise<void>,
  { on = process as SignalledProcess, now = (): number => performance.now() }: { on?: SignalledProcess; now?: () => number } = {},
): Promise<void> {
  let listener: (signal: EndSignal) => void = () => {}
  const closed = new Promise<void>((resolve, reject) => {
    let first: number | undefined
    listener = signal => {
      if (first === undefined) {
        first = now()
        close().then(resolve, reject)
      } else if (now() - first > samePress) {
        on.exit(exitCodes[signal])
      }
    }
  })
  for (const signal of signals) on.on(signal, listener)
  try {
    await closed
  } finally {
    for (const signal of signals) on.off(signal, listener)
  }
}

const signals: readonly EndSignal[] = ['SIGINT', 'SIGTERM']

/** The exit status that shells expect: 128 and the signal's number. */
const exitCodes: Readonly<Record<EndSignal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** In milliseconds. Under `npm start` one Ctrl-C may arrive twice: from the terminal, and passed on by npm. */
const samePress = 300

/**
 * Resolves in another turn of the event loop, when all promises that can settle by themselves have done so.
 *
 * The functions are those of the moment at which this module was loaded, since test frameworks replace the globals.
 */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => later(() => resolve()))
}

type Later = (callback: () => void) => unknown

const later: Later = (Reflect.get(globalThis, 'setImmediate') ?? Reflect.get(globalThis, 'setTimeout')) as Later

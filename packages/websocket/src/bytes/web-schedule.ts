import type { Schedule } from './clock.ts'

/** Timers by the functions of the web standard, in every runtime, for code that is given no clock. They do not keep the process alive. */
export const webSchedule: Schedule = (callback, delay) => {
  const timer = setTimeout(callback, delay)
  // Timers of Node are objects that can let the process end; those of browsers are numbers.
  if (typeof timer === 'object') timer.unref?.()
  return { cancel: () => clearTimeout(timer) }
}

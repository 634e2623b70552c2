/**
 * Divides the options of a factory's constructor: those named like a member of `defaultSession` are session parameters, the rest are
 * protocol options.
 */
export function dividedOptions<Session extends object, Options extends object>(
  given: Partial<Session & Options>,
  defaultSession: Session,
): { session: Partial<Session>; options: Partial<Options> } {
  const entries = Object.entries(given)
  const isSession = ([name]: [string, unknown]): boolean => Object.hasOwn(defaultSession, name)
  return {
    session: Object.fromEntries(entries.filter(isSession)) as Partial<Session>,
    options: Object.fromEntries(entries.filter(entry => !isSession(entry))) as Partial<Options>,
  }
}

/** What was thrown, as an error. There are things that cannot even be made a text: objects without a prototype, and a `toString` that throws. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  try {
    return new Error(String(thrown))
  } catch {
    return new Error('something was thrown that is no error and cannot be printed')
  }
}

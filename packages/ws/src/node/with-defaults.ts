/** Completes options with their defaults. One that is `undefined` counts as not given. */
export function withDefaults<Defaults extends object, Given extends object>(defaults: Defaults, given: Given): Defaults & Given {
  const values = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(values) } as Defaults & Given
}

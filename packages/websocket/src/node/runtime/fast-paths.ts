const switchName = 'AUTOBAHN_TS_FAST_PATHS'

/**
 * Whether paths are taken that lean on what Node does not document, or that are there for speed alone. Each has a plain one beside it.
 *
 * The environment variable `AUTOBAHN_TS_FAST_PATHS=off` turns them all off: to see whether one of them is to blame for something.
 */
export const fastPathsAreOn: boolean = !mayReadSwitch() || process.env[switchName] !== 'off'

/** Deno throws, or asks its user, where a variable is read without permission, and importing a library must do neither. */
function mayReadSwitch(): boolean {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoPermissions }
  return deno === undefined || deno.permissions.querySync({ name: 'env', variable: switchName }).state === 'granted'
}

interface DenoPermissions {
  readonly permissions: { querySync(permission: { readonly name: 'env'; readonly variable: string }): { readonly state: string } }
}

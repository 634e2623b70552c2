const switchName = 'AUTOBAHN_TS_FAST_PATHS'

/**
 * Whether fast paths are on: those that rely on undocumented parts of Node, and those that exist for speed alone. Each has a plain path
 * beside it.
 *
 * The environment variable `AUTOBAHN_TS_FAST_PATHS=off` turns all of them off, to find out whether one of them causes a problem.
 */
export const fastPathsAreOn: boolean = !mayReadSwitch() || process.env[switchName] !== 'off'

/** Tells whether the variable may be read. Without permission Deno throws or asks its user, and importing a library must do neither. */
function mayReadSwitch(): boolean {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoPermissions }
  return deno === undefined || deno.permissions.querySync({ name: 'env', variable: switchName }).state === 'granted'
}

interface DenoPermissions {
  readonly permissions: { querySync(permission: { readonly name: 'env'; readonly variable: string }): { readonly state: string } }
}

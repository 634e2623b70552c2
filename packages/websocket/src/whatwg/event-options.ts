/** The second argument of the constructors of all events. */
export interface EventOptions {
  bubbles?: boolean
  cancelable?: boolean
  composed?: boolean
}

/** Who gets an event, of those who have subscribed. */
export interface PublishOptions {
  /** Whether the publisher is left out. Default: true; with `exclude`, false. */
  readonly excludeMe?: boolean
  /** Ids of sessions that are left out. */
  readonly exclude?: readonly string[]
  /** Ids of the sessions that get it; no others do. */
  readonly eligible?: readonly string[]
}

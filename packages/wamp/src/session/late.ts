/** A part of the program that may not be loaded yet: a page loads some with their first use (decision 119). */
export interface Late<Part> {
  readonly loaded: Part | undefined
  /** Loads the part. Rejects where that fails; the next call tries again. */
  load(): Promise<Part>
}

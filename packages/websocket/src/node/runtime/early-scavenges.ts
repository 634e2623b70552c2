import v8 from 'node:v8'
import { fastPathsAreOn } from './fast-paths.ts'

/**
 * Counts the octets of payloads, and makes V8 collect short-lived memory before it has to collect everything (decision 78).
 *
 * The octets of an `ArrayBuffer` lie outside of V8's heap. V8 frees them with cheap collections of its youngest objects (scavenges), which
 * begin when its young generation is full, or at 32 MiB of such octets. By then the octets can have reached the limit at which V8 marks
 * its whole heap, again and again: that limit is low while the heap is small, and the lower the larger the young generation has grown.
 *
 * For every 64 KiB of payloads this makes arrays within the heap, which are forgotten at once: as many as fill the young generation once
 * in 18 MiB. Runtimes with other engines make none.
 *
 * Payloads of 1 MiB and more are left to V8, which scavenges at 32 MiB of them: those of several connections arrive at the same time, outlive
 * every scavenge that comes earlier, and then only marking frees them.
 */
export function payloadMade(octets: number): void {
  if (octets >= large) return
  made += octets
  if (made < between) return
  const counted = made
  made = 0
  sinceAsked += counted
  if (sinceAsked >= scavengeEvery) {
    sinceAsked = 0
    places = fastPathsAreOn ? youngGenerationSize() / 8 : 0
  }
  fillHeap(Math.ceil((places * counted) / scavengeEvery))
}

/**
 * Makes arrays with so many places, of 8 octets each. They are forgotten at once, so that the next collection finds none of them in use:
 * what is in use then makes V8's young generation grow. Copying an array takes two thirds of the time of making one.
 */
function fillHeap(places: number): void {
  for (let missing = places; missing > 0; missing -= empty.length) {
    forgotten = empty.slice(0, missing)
    forgotten = nothing
  }
}

/** Returns the capacity of V8's young generation, in octets: 1 to 16 MiB. It grows while a program runs. 0 for other engines. */
function youngGenerationSize(): number {
  try {
    const space = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    return space === undefined ? 0 : space.space_used_size + space.space_available_size
  } catch {
    return 0
  }
}

/** Returns what keeps the engine from leaving out the arrays: it cannot know that nobody reads this meanwhile. */
export function lastForgotten(): readonly unknown[] {
  return forgotten
}

const between = 64 * 1024

/** Octets of a payload from which on it is not counted. */
const large = 1024 * 1024

/** The number of octets of payloads after which a scavenge should come. */
const scavengeEvery = 18 * 1024 * 1024

/** An array of more than 128 KiB would not lie in the young generation, and many small ones would cost more than some of 32 KiB. */
const empty: readonly unknown[] = new Array<unknown>(4096)

let made = 0
let sinceAsked = scavengeEvery
let places = 0

const nothing: readonly unknown[] = []
let forgotten: readonly unknown[] = nothing

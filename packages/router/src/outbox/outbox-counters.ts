/** Numbers of messages that did not reach a session. */
export interface OutboxCounters {
  /** Events that were dropped because too much waited. */
  droppedEvents: number
  /** Events that were larger than the transport takes. */
  oversizedEvents: number
  /** INVOCATIONs and progressive RESULTs that were refused because too much waited. */
  refusedMessages: number
}

export function newOutboxCounters(): OutboxCounters {
  return { droppedEvents: 0, oversizedEvents: 0, refusedMessages: 0 }
}

/** Adds counters to others. */
export function addCounters(sum: OutboxCounters, more: OutboxCounters): void {
  sum.droppedEvents += more.droppedEvents
  sum.oversizedEvents += more.oversizedEvents
  sum.refusedMessages += more.refusedMessages
}

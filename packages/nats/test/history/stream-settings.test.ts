import type { StreamConfig } from '@nats-io/jetstream'
import { describe, expect, it } from 'vitest'
import { keptPrefix, mustChange, streamConfig, streamName } from '../../src/history/stream-settings.ts'

const history = { count: 100, seconds: 60, name: 'history' }
const wanted = streamConfig('my.chat', history, {})
const made = { ...wanted, retention: 'limits' } as StreamConfig

describe('the stream of a history', () => {
  it('is named after the prefix and the history, and has what is published below both', () => {
    expect({ name: streamName('my.chat', history), prefix: keptPrefix('my.chat', history), subjects: wanted.subjects }).toEqual({
      name: 'my_chat_history',
      prefix: 'my.chat.k.history',
      subjects: ['my.chat.k.history.m.>', 'my.chat.k.history.h.>'],
    })
  })

  it('has the limits of the history, and bounds its size', () => {
    expect(streamConfig('a', history, { replicas: 3, storage: 'memory', maxSize: 5 })).toMatchObject({
      max_msgs_per_subject: 100,
      max_age: 60e9,
      duplicate_window: 60e9,
      max_bytes: 5,
      num_replicas: 3,
      storage: 'memory',
    })
    expect(streamConfig('a', { ...history, seconds: 1000 }, {})).toMatchObject({
      duplicate_window: 120e9,
      num_replicas: 1,
      max_bytes: 2 ** 28,
    })
  })

  it('is changed where the bus has made it and wants other limits, and left as it is where an operator has', () => {
    expect(mustChange(made, wanted)).toBe(false)
    expect(mustChange(made, streamConfig('my.chat', { ...history, count: 5 }, {}))).toBe(true)
    expect(mustChange({ ...made, description: 'of an operator' }, streamConfig('my.chat', { ...history, count: 5 }, {}))).toBe(false)
  })

  it('may have wider subjects, and is refused with others or with another retention', () => {
    for (const subjects of [['my.chat.k.>'], ['>'], ['my.*.k.*.m.>', 'my.chat.k.history.h.>']])
      expect(mustChange({ ...made, subjects, description: '' }, wanted)).toBe(false)
    for (const subjects of [[], ['my.chat.k.history.m.>'], ['my.chat.k.history.*.*'], ['my.chat.m.>', 'my.chat.h.>']])
      expect(() => mustChange({ ...made, subjects }, wanted)).toThrow('the stream my_chat_history exists and does not have the subjects')
    expect(() => mustChange({ ...made, retention: 'workqueue' }, wanted)).toThrow('keeps messages by workqueue')
  })
})

// The messages, for servers, loads and the measurement of JSON alike.
export const procedure = 'http://example.com/procedure#echo'
export const topic = 'http://example.com/topic#news'

const thing = { id: 1234, name: 'a thing of some kind', tags: ['one', 'two'], price: 12.5 }
const news = { channel: 'news', items: Array.from({ length: 12 }, (_, id) => ({ id, price: 10 + id * 1.25 })) }

/** Call ids of equal length, so that all calls, and all answers, have the same size. */
export const callIds = Array.from({ length: 16 }, (_, i) => String(10 + i))
export const call = id => JSON.stringify([2, id, procedure, thing])
export const result = id => JSON.stringify([3, id, thing])
export const subscribe = JSON.stringify([5, topic])
export const publish = JSON.stringify([7, topic, news])
export const event = JSON.stringify([8, topic, news])

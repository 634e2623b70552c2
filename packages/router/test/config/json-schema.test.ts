import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../src/config/json-schema.ts'

describe('the JSON schema', () => {
  it('describes the options with their reasons, and takes no others', () => {
    const schema = jsonSchema() as { properties: Record<string, { description?: string }>; additionalProperties: boolean }
    expect(Object.keys(schema.properties)).toContain('realms')
    expect(schema.additionalProperties).toBe(false)
    expect(schema.properties.listeners?.description).toContain('127.0.0.1')
  })
})

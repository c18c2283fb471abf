import { describe, expect, it } from 'vitest'

import { controlOf, differences, initial, isNullable, isWithin, rangeOf, resolved, type Schema } from './schema'

const ROOT: Schema = {
  $defs: {
    Break: {
      type: 'object',
      properties: { key: { type: 'string' }, minutes: { type: 'integer', minimum: 1 } },
    },
    Strategy: { type: 'string', enum: ['idle', 'fewest'] },
  },
}

describe('resolved', () => {
  it('follows a reference and keeps what stands beside it', () => {
    const schema = resolved({ $ref: '#/$defs/Strategy', description: 'who' }, ROOT)
    expect(controlOf(schema)).toBe('choice')
    expect(schema.description).toBe('who')
  })

  it('looks behind "or null"', () => {
    const schema: Schema = { anyOf: [{ type: 'number', maximum: 9 }, { type: 'null' }], default: null }
    expect(isNullable(schema)).toBe(true)
    expect(controlOf(resolved(schema, ROOT))).toBe('number')
    expect(rangeOf(resolved(schema, ROOT))).toBe('–9')
  })

  it('leaves a real choice of types to the text', () => {
    const schema: Schema = { anyOf: [{ type: 'number' }, { type: 'string' }] }
    expect(controlOf(resolved(schema, ROOT))).toBe('json')
  })
})

describe('controlOf', () => {
  it.each([
    [{ type: 'boolean' }, 'boolean'],
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'map'],
    [{ type: 'object', patternProperties: { '^a$': { type: 'number' } } }, 'map'],
    [{ type: 'object', properties: {} }, 'object'],
    [{ type: 'object' }, 'json'],
    [{}, 'json'],
  ] as [Schema, string][])('%o is edited as %s', (schema, control) => {
    expect(controlOf(schema)).toBe(control)
  })
})

describe('initial', () => {
  it('fills an object by its fields', () => {
    expect(initial({ $ref: '#/$defs/Break' }, ROOT)).toEqual({ key: '', minutes: 1 })
  })

  it('takes the default, and a copy of it', () => {
    const schema: Schema = { type: 'array', default: [1] }
    const value = initial(schema, ROOT) as number[]
    value.push(2)
    expect(schema.default).toEqual([1])
  })
})

describe('isWithin', () => {
  it.each([
    [{ minimum: 1, maximum: 3 }, 3, true],
    [{ minimum: 1, maximum: 3 }, 4, false],
    [{ exclusiveMinimum: 0 }, 0, false],
    [{}, null, false],
  ] as [Schema, unknown, boolean][])('%o and %s: %s', (schema, value, expected) => {
    expect(isWithin(schema, value)).toBe(expected)
  })
})

describe('differences', () => {
  it('names the fields, lists as a whole', () => {
    expect(differences({ a: 1, b: { c: [1] }, d: 4 }, { a: 2, b: { c: [1, 2] }, d: 4 })).toEqual([
      { path: 'a', before: 1, after: 2 },
      { path: 'b.c', before: [1], after: [1, 2] },
    ])
  })
})

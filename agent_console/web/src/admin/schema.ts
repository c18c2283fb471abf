/** PURE: what a form needs to know of a JSON Schema as pydantic writes it. */

export interface Schema {
  type?: string
  title?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  patternProperties?: Record<string, Schema>
  anyOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
  $defs?: Record<string, Schema>
}

export type Control =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'string'
  | 'date'
  | 'choice'
  | 'list'
  | 'object'
  | 'map'
  | 'json'

const SIMPLE = new Set(['boolean', 'integer', 'number'])

/** The schema itself behind references and "or null"; what is said beside them wins. */
export function resolved(schema: Schema, root: Schema): Schema {
  const target = targetOf(schema, root)
  if (target === null) return schema
  const { $ref: _ref, anyOf: _any, allOf: _all, ...beside } = schema
  return { ...resolved(target, root), ...beside }
}

function targetOf(schema: Schema, root: Schema): Schema | null {
  if (schema.$ref !== undefined) {
    return root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {}
  }
  if (schema.allOf?.length === 1) return schema.allOf[0] ?? null
  const others = schema.anyOf?.filter((each) => each.type !== 'null') ?? []
  return others.length === 1 ? (others[0] ?? null) : null
}

/** Whether the field may be left empty. */
export function isNullable(schema: Schema): boolean {
  return schema.anyOf?.some((each) => each.type === 'null') ?? false
}

/** What to edit a resolved schema with; `json` is for what no form fits. */
export function controlOf(schema: Schema): Control {
  if (schema.enum !== undefined) return 'choice'
  const type = schema.type ?? ''
  if (SIMPLE.has(type)) return type as Control
  if (type === 'string') return schema.format === 'date' ? 'date' : 'string'
  if (type === 'array' && schema.items !== undefined) return 'list'
  if (type !== 'object') return 'json'
  if (schema.properties !== undefined) return 'object'
  return valueSchema(schema) === null ? 'json' : 'map'
}

/** The schema of a map's values. */
export function valueSchema(schema: Schema): Schema | null {
  const [first] = Object.values(schema.patternProperties ?? {})
  if (first !== undefined) return first
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null
}

/** What a fresh entry of a list or a map begins with. */
export function initial(schema: Schema, root: Schema): unknown {
  if (schema.default !== undefined) return structuredClone(schema.default)
  if (isNullable(schema)) return null
  const own = resolved(schema, root)
  if (own.default !== undefined) return structuredClone(own.default)
  switch (controlOf(own)) {
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return own.minimum ?? 0
    case 'choice':
      return own.enum?.[0]
    case 'list':
      return []
    case 'map':
    case 'json':
      return {}
    case 'object':
      return Object.fromEntries(
        Object.entries(own.properties ?? {}).map(([name, each]) => [name, initial(each, root)]),
      )
    default:
      return ''
  }
}

/** `5–120`, or what is known of it. */
export function rangeOf(schema: Schema): string {
  const least = schema.minimum ?? (schema.exclusiveMinimum !== undefined ? `>${schema.exclusiveMinimum}` : '')
  const most = schema.maximum ?? (schema.exclusiveMaximum !== undefined ? `<${schema.exclusiveMaximum}` : '')
  return least === '' && most === '' ? '' : `${least}–${most}`
}

/** Whether a value is a number that the schema allows. */
export function isWithin(schema: Schema, value: unknown): boolean {
  return (
    typeof value === 'number' &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity)
  )
}

/** The fields in which two sets of values differ, by dotted name. */
export function differences(
  before: unknown,
  after: unknown,
  path = '',
): { path: string; before: unknown; after: unknown }[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

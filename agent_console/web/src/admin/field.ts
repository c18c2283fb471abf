/** What every field of a form has that a JSON Schema describes: its words, and what is wrong in it. */

import { computed, useId, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { controlOf, isNullable, isWithin, rangeOf, resolved, type Control, type Schema } from './schema'

export interface FieldProps {
  schema: Schema
  root: Schema
  /** The kind of rules, for the words. */
  kind: string
  /** The field's own name; empty for entries of lists and for the whole. */
  name: string
  /** Where the field is, as the server names it: `breaks.0.minutes`. */
  path: string
  /** What the server said of each field. */
  errors: Record<string, string>
  isReadOnly: boolean
  /** What to call an entry that has no name of its own. */
  label?: string
}

export interface Field {
  id: string
  own: ComputedRef<Schema>
  control: ComputedRef<Control>
  isEmptyAllowed: ComputedRef<boolean>
  title: ComputedRef<string>
  help: ComputedRef<string>
  error: ComputedRef<string>
  /** The words of one choice, or of a map's key. */
  option: (each: unknown) => string
}

export function useField(props: FieldProps, value: Ref<unknown>): Field {
  const { t, te } = useI18n()
  const own = computed(() => resolved(props.schema, props.root))
  const control = computed(() => controlOf(own.value))

  function worded(group: string, fallback: string): string {
    const key = `admin.${group}.${props.kind}.${props.name}`
    return props.name !== '' && te(key) ? t(key) : fallback
  }

  const help = computed(() => {
    const text = props.name === '' ? '' : worded('fieldHelp', own.value.description ?? '')
    const range = rangeOf(own.value)
    return range === '' ? text : `${text} ${t('admin.rules.range', { range })}`.trim()
  })

  /** The server complains in English; what can be said from the schema is said in the page's words. */
  const error = computed(() => {
    const said = props.errors[props.path] ?? ''
    if (said === '') return ''
    const range = rangeOf(own.value)
    if (['integer', 'number'].includes(control.value) && range !== '' && !isWithin(own.value, value.value)) {
      return t('admin.rules.mustBe', { range })
    }
    return value.value === '' ? t('admin.rules.mustFill') : said
  })

  return {
    id: useId(),
    own,
    control,
    isEmptyAllowed: computed(() => isNullable(props.schema)),
    title: computed(() => props.label ?? worded('field', own.value.title ?? props.name)),
    help,
    error,
    option: (each) => {
      const key = `admin.option.${props.kind}.${String(each)}`
      return te(key) ? t(key) : String(each)
    },
  }
}

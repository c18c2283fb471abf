import { describe, expect, it } from 'vitest'

import { cleanNumber, isNumber, windows } from './wish'

describe('isNumber', () => {
  it.each(['13812345678', '138 1234 5678', '+86 138-1234-5678', '010-62345678', '0916 2212345'])(
    '%s__is_one',
    (text) => expect(isNumber(text)).toBe(true),
  )

  it.each(['', '12348', '1381234567', '138123456789', '62345678'])('%s__is_none', (text) =>
    expect(isNumber(text)).toBe(false),
  )

  it('cleanNumber__drops_what_people_write_between', () => {
    expect(cleanNumber('（0916）221-2345')).toBe('09162212345')
  })
})

describe('windows', () => {
  const keys = (moment: string): string[] => windows(Date.parse(moment)).map((one) => one.key)

  it('early__offers_all_of_today', () => {
    expect(keys('2026-11-21T07:00:00+08:00')).toEqual([
      'now', '0-morning', '0-afternoon', '0-evening', '1-morning', '1-afternoon', '1-evening',
    ])
  })

  it('shortly_before_the_end__leaves_that_part_out', () => {
    expect(keys('2026-11-21T17:45:00+08:00').slice(0, 2)).toEqual(['now', '0-evening'])
  })

  it('after_midnight_in_beijing__counts_beijings_days', () => {
    const [, first] = windows(Date.parse('2026-11-21T17:00:00Z'))
    expect(first?.from).toBe('2026-11-22T09:00:00+08:00')
  })
})

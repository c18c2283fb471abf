import { describe, expect, it } from 'vitest'

import { Framer, FRAME_SAMPLES, level, PlayoutBuffer } from './frames'
import { Resampler } from './resample'

function tone(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, place) =>
    Math.sin((2 * Math.PI * hertz * place) / rate),
  )
}

function through(resampler: Resampler, input: Float32Array, block: number): Float32Array {
  const parts: Float32Array[] = []
  for (let start = 0; start < input.length; start += block) {
    parts.push(resampler.process(input.subarray(start, start + block)))
  }
  const output = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let place = 0
  parts.forEach((part) => {
    output.set(part, place)
    place += part.length
  })
  return output
}

function power(samples: Float32Array): number {
  const middle = samples.subarray(400, samples.length - 400)
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length)
}

describe('Resampler', () => {
  it.each([48_000, 44_100, 16_000, 96_000, 8_000])('down_from_%i__keeps_speech', (rate) => {
    const output = through(new Resampler(rate, 8_000), tone(1000, rate, 1), 128)
    expect(Math.abs(output.length - 8_000)).toBeLessThan(20)
    expect(power(output)).toBeCloseTo(Math.SQRT1_2, 2)
  })

  it('down__keeps_out_what_would_fold_back', () => {
    const output = through(new Resampler(48_000, 8_000), tone(5000, 48_000, 1), 128)
    expect(power(output)).toBeLessThan(0.003)
  })

  it('up__keeps_speech_and_makes_no_images', () => {
    const output = through(new Resampler(8_000, 48_000), tone(1000, 8_000, 1), 80)
    // The filter looks 14 samples ahead, which is 84 of the output's.
    const error = output
      .subarray(3000, 40_000)
      .map((sample, place) => sample - Math.sin((2 * Math.PI * 1000 * (place + 2916)) / 48_000))
    expect(power(error)).toBeLessThan(0.01)
  })

  it('blocks__of_any_size_give_the_same_sound', () => {
    const input = tone(700, 44_100, 0.3)
    const even = through(new Resampler(44_100, 8_000), input, 128)
    const odd = through(new Resampler(44_100, 8_000), input, 37)
    const length = Math.min(even.length, odd.length)
    expect(odd.subarray(0, length)).toEqual(even.subarray(0, length))
  })
})

describe('Framer', () => {
  it('push__emits_whole_frames_and_clips', () => {
    const frames: Int16Array[] = []
    const framer = new Framer()
    framer.push(new Float32Array(FRAME_SAMPLES - 1).fill(2), (frame) => frames.push(frame))
    expect(frames).toHaveLength(0)
    framer.push(new Float32Array(2).fill(-2), (frame) => frames.push(frame))
    expect(frames).toHaveLength(1)
    expect(frames[0]?.[0]).toBe(32767)
    expect(frames[0]?.[FRAME_SAMPLES - 1]).toBe(-32767)
  })
})

describe('PlayoutBuffer', () => {
  const frame = (value: number): Int16Array => new Int16Array(FRAME_SAMPLES).fill(value)

  it('pull__waits_for_60_ms_before_it_plays', () => {
    const buffer = new PlayoutBuffer()
    const output = new Float32Array(80)
    buffer.push(frame(1000))
    buffer.push(frame(1000))
    buffer.pull(output)
    expect(output[0]).toBe(0)
    buffer.push(frame(1000))
    buffer.pull(output)
    expect(output[0]).toBeGreaterThan(0)
  })

  it('push__past_200_ms_drops_the_oldest', () => {
    const buffer = new PlayoutBuffer()
    for (let count = 0; count < 11; count += 1) buffer.push(frame(count))
    expect(buffer.dropped).toBeGreaterThan(0)
    expect(buffer.waitingSamples).toBeLessThanOrEqual(4 * FRAME_SAMPLES)
  })

  it('pull__from_an_empty_buffer_gives_silence_and_fills_up_again', () => {
    const buffer = new PlayoutBuffer()
    for (let count = 0; count < 3; count += 1) buffer.push(frame(1000))
    const output = new Float32Array(3 * FRAME_SAMPLES + 1)
    buffer.pull(output)
    expect(buffer.underruns).toBe(1)
    buffer.push(frame(1000))
    buffer.pull(output)
    expect(output.every((sample) => sample === 0)).toBe(true)
  })
})

describe('level', () => {
  it('silence_is_0_and_full_scale_is_1', () => {
    expect(level(new Float32Array(10))).toBe(0)
    expect(level(new Float32Array(10).fill(1))).toBe(1)
  })
})

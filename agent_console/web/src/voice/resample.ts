/** PURE: changes the sample rate of a stream of sound, block by block. */

/** Zero crossings of the filter on each side; 12 keep aliases below -60 dB at 8 kHz. */
const CROSSINGS = 12
/** Share of the narrower band that passes; the rest is the filter's slope. */
const PASS_BAND = 0.92

function commonDivisor(left: number, right: number): number {
  return right === 0 ? left : commonDivisor(right, left % right)
}

/** A rational resampler with a windowed sinc filter, tables made once. */
export class Resampler {
  private readonly up: number
  private readonly down: number
  private readonly half: number
  private readonly table: Float32Array[]
  private history: Float32Array
  /** Position of the next output, in units of 1/up input samples, from the history's start. */
  private position: number

  constructor(fromHz: number, toHz: number) {
    const divisor = commonDivisor(Math.round(fromHz), Math.round(toHz))
    this.up = Math.round(toHz) / divisor
    this.down = Math.round(fromHz) / divisor
    const cutoff = Math.min(1, this.up / this.down) * PASS_BAND
    this.half = Math.ceil(CROSSINGS / cutoff)
    this.table = Array.from({ length: this.up }, (_, phase) => this.taps(phase / this.up, cutoff))
    this.history = new Float32Array(this.half * 2)
    this.position = this.half * this.up
  }

  /** Filter weights for an output that lies `fraction` of a sample after an input sample. */
  private taps(fraction: number, cutoff: number): Float32Array {
    const width = this.half * 2
    const weights = new Float32Array(width)
    let sum = 0
    for (let place = 0; place < width; place += 1) {
      const distance = place - this.half + 1 - fraction
      const angle = Math.PI * distance * cutoff
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle
      const window = Math.cos((Math.PI * distance) / (width + 1)) ** 2
      weights[place] = sinc * window
      sum += sinc * window
    }
    // Exactly one for a constant input, whatever the window took away.
    return weights.map((weight) => weight / sum)
  }

  /** Takes a block and gives what can be computed so far; nothing is lost between blocks. */
  process(block: Float32Array): Float32Array {
    const input = new Float32Array(this.history.length + block.length)
    input.set(this.history)
    input.set(block, this.history.length)
    const last = (input.length - this.half) * this.up
    const count = Math.max(0, Math.ceil((last - this.position) / this.down))
    const output = new Float32Array(count)
    for (let made = 0; made < count; made += 1) {
      output[made] = this.sample(input)
      this.position += this.down
    }
    const used = Math.floor(this.position / this.up) - this.half + 1
    const kept = Math.max(0, Math.min(used, input.length))
    this.history = input.slice(kept)
    this.position -= kept * this.up
    return output
  }

  private sample(input: Float32Array): number {
    const whole = Math.floor(this.position / this.up)
    const weights = this.table[this.position - whole * this.up] as Float32Array
    const first = whole - this.half + 1
    let sum = 0
    for (let place = 0; place < weights.length; place += 1) {
      sum += (weights[place] as number) * (input[first + place] ?? 0)
    }
    return sum
  }
}

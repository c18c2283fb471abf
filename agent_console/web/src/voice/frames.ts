/** PURE: cuts sound into the frames that travel, and smooths frames that arrive unevenly. */

/** Telephone audio: 8 kHz, 16-bit, mono, 20 ms to a frame. */
export const RATE_HZ = 8_000
export const FRAME_SAMPLES = 160

/** How much is kept in hand before playing, against jitter. */
const TARGET_SAMPLES = RATE_HZ * 0.06
/** More than this and the talk gets sluggish: the surplus is dropped. */
const LIMIT_SAMPLES = RATE_HZ * 0.2

/** Collects samples into frames of 160 signed 16-bit values. */
export class Framer {
  private frame = new Int16Array(FRAME_SAMPLES)
  private filled = 0

  push(samples: Float32Array, emit: (frame: Int16Array) => void): void {
    for (const sample of samples) {
      this.frame[this.filled] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767)
      this.filled += 1
      if (this.filled < FRAME_SAMPLES) continue
      emit(this.frame)
      this.frame = new Int16Array(FRAME_SAMPLES)
      this.filled = 0
    }
  }
}

/** A jitter buffer: fills to 60 ms, plays, drops down to 60 ms when more than 200 ms wait. */
export class PlayoutBuffer {
  private readonly frames: Int16Array[] = []
  private offset = 0
  private waiting = 0
  private isPlaying = false
  /** Samples thrown away, and times the buffer ran dry, since the start. */
  dropped = 0
  underruns = 0

  push(frame: Int16Array): void {
    this.frames.push(frame)
    this.waiting += frame.length
    if (this.waiting <= LIMIT_SAMPLES) return
    while (this.waiting > TARGET_SAMPLES + FRAME_SAMPLES) this.dropOldest()
  }

  /** Fills `output` with sound from -1 to 1; silence while there is too little. */
  pull(output: Float32Array): void {
    output.fill(0)
    if (!this.isPlaying) {
      if (this.waiting < TARGET_SAMPLES) return
      this.isPlaying = true
    }
    let written = 0
    while (written < output.length && this.frames.length > 0) {
      const frame = this.frames[0] as Int16Array
      output[written] = (frame[this.offset] as number) / 32768
      written += 1
      this.offset += 1
      this.waiting -= 1
      if (this.offset === frame.length) this.nextFrame()
    }
    if (written < output.length) {
      this.isPlaying = false
      this.underruns += 1
    }
  }

  get waitingSamples(): number {
    return this.waiting
  }

  private nextFrame(): void {
    this.frames.shift()
    this.offset = 0
  }

  private dropOldest(): void {
    const frame = this.frames[0]
    if (frame === undefined) return
    const rest = frame.length - this.offset
    this.waiting -= rest
    this.dropped += rest
    this.nextFrame()
  }
}

/** The loudest sample of a block as 0 to 1, on a scale that looks right to the eye. */
export function level(samples: Float32Array): number {
  let peak = 0
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample))
  if (peak < 0.001) return 0
  // -60 dB to 0 dB.
  return Math.max(0, Math.min(1, 1 + (20 * Math.log10(peak)) / 60))
}

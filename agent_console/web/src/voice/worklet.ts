/** Runs in the audio thread: microphone to frames, frames to loudspeaker. */

import { Framer, FRAME_SAMPLES, level, PlayoutBuffer, RATE_HZ } from './frames'
import { Resampler } from './resample'

declare const sampleRate: number
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(
  name: string,
  processor: new () => AudioWorkletProcessor,
): void

/** How often a level is told to the page, in blocks of 128 samples (about 12 times a second). */
const LEVEL_EVERY_BLOCKS = Math.round(sampleRate / 128 / 12)

type Control = { type: 'connect'; port: MessagePort } | { type: 'mute'; isMuted: boolean }

class Capture extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, RATE_HZ)
  private readonly framer = new Framer()
  private outlet: MessagePort | null = null
  private isMuted = false
  private blocks = 0
  private loudest = 0

  constructor() {
    super()
    this.port.onmessage = (event: MessageEvent<Control>) => {
      if (event.data.type === 'connect') this.outlet = event.data.port
      else this.isMuted = event.data.isMuted
    }
  }

  process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0] ?? new Float32Array(128)
    // Muted still sends: the engine and the recording keep their clock, and hear silence.
    const heard = this.isMuted ? new Float32Array(samples.length) : samples
    this.loudest = Math.max(this.loudest, level(heard))
    this.framer.push(this.resampler.process(heard), (frame) => {
      this.outlet?.postMessage(frame.buffer, [frame.buffer as ArrayBuffer])
    })
    this.blocks += 1
    if (this.blocks % LEVEL_EVERY_BLOCKS === 0) {
      this.port.postMessage({ level: this.loudest })
      this.loudest = 0
    }
    return true
  }
}

class Playback extends AudioWorkletProcessor {
  private readonly buffer = new PlayoutBuffer()
  private readonly resampler = new Resampler(RATE_HZ, sampleRate)
  private readonly narrow = new Float32Array(FRAME_SAMPLES / 2)
  private ready = new Float32Array(0)
  private blocks = 0
  private loudest = 0

  constructor() {
    super()
    this.port.onmessage = (event: MessageEvent<Control>) => {
      if (event.data.type !== 'connect') return
      event.data.port.onmessage = (frame: MessageEvent<ArrayBuffer>) => {
        this.buffer.push(new Int16Array(frame.data))
      }
    }
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0]
    if (output === undefined) return true
    while (this.ready.length < output.length) this.produce()
    output.set(this.ready.subarray(0, output.length))
    this.ready = this.ready.slice(output.length)
    this.loudest = Math.max(this.loudest, level(output))
    this.blocks += 1
    if (this.blocks % LEVEL_EVERY_BLOCKS === 0) {
      this.port.postMessage({
        level: this.loudest,
        underruns: this.buffer.underruns,
        dropped: this.buffer.dropped,
      })
      this.loudest = 0
    }
    return true
  }

  private produce(): void {
    this.buffer.pull(this.narrow)
    const wide = this.resampler.process(this.narrow)
    const joined = new Float32Array(this.ready.length + wide.length)
    joined.set(this.ready)
    joined.set(wide, this.ready.length)
    this.ready = joined
  }
}

registerProcessor('hotline-capture', Capture)
registerProcessor('hotline-playback', Playback)

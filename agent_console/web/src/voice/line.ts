/** One call's voice: microphone and loudspeaker on this side, the server's audio on the other. */

import LineWorker from './line.worker?worker'
import type { LineCommand, LineReport } from './line.worker'
import { openMicrophone, release } from './microphone'
import { loadWorklet } from './sound'

export interface LineListener {
  state(state: 'connecting' | 'open' | 'lost' | 'ended'): void
  refused(code: number): void
  levels(mine: number | null, theirs: number | null): void
  /** The microphone went away in mid-call, and no other could be opened. */
  microphoneLost(): void
}

export class Line {
  private worker: Worker | null = null
  private stream: MediaStream | null = null
  private source: MediaStreamAudioSourceNode | null = null
  private capture: AudioWorkletNode | null = null
  private playback: AudioWorkletNode | null = null
  private isClosed = false
  private isMuted = false

  constructor(private readonly listener: LineListener) {}

  /**
   * Opens the line, then the microphone: the caller is heard even where the microphone fails.
   *
   * @throws MicrophoneError The microphone cannot be had; the line stays open.
   */
  async open(url: string): Promise<void> {
    const audio = await loadWorklet()
    if (this.isClosed) return
    // One silent output keeps the capture running in browsers that skip nodes nobody hears.
    this.capture = new AudioWorkletNode(audio, 'hotline-capture', { outputChannelCount: [1] })
    this.playback = new AudioWorkletNode(audio, 'hotline-playback', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    })
    this.capture.connect(audio.destination)
    this.playback.connect(audio.destination)
    this.capture.port.onmessage = (event: MessageEvent<{ level: number }>) =>
      this.listener.levels(event.data.level, null)
    this.playback.port.onmessage = (event: MessageEvent<{ level: number }>) =>
      this.listener.levels(null, event.data.level)
    this.mute(this.isMuted)
    this.connectWorker(url)
    navigator.mediaDevices?.addEventListener('devicechange', this.onDeviceChange)
    await this.changeMicrophone()
  }

  /** Goes on at another address: a reload, a takeover or a new token changed it. */
  moveTo(url: string): void {
    this.tell({ type: 'url', url })
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted
    this.capture?.port.postMessage({ type: 'mute', isMuted })
  }

  /** Changes to the microphone that is chosen now. */
  async changeMicrophone(): Promise<void> {
    const stream = await openMicrophone()
    if (this.isClosed) release(stream)
    else this.use(stream)
  }

  close(): void {
    this.isClosed = true
    navigator.mediaDevices?.removeEventListener('devicechange', this.onDeviceChange)
    this.tell({ type: 'close' })
    const worker = this.worker
    // The worker gets the chance to say goodbye to the server before it goes.
    if (worker !== null) setTimeout(() => worker.terminate(), 500)
    this.worker = null
    this.source?.disconnect()
    this.capture?.disconnect()
    this.playback?.disconnect()
    release(this.stream)
    this.stream = null
  }

  private connectWorker(url: string): void {
    const worker = new LineWorker()
    this.worker = worker
    worker.onmessage = (event: MessageEvent<LineReport>) => {
      if (this.isClosed) return
      if (event.data.type === 'state') this.listener.state(event.data.state)
      else this.listener.refused(event.data.code)
    }
    const up = new MessageChannel()
    const down = new MessageChannel()
    this.capture?.port.postMessage({ type: 'connect', port: up.port1 }, [up.port1])
    this.playback?.port.postMessage({ type: 'connect', port: down.port1 }, [down.port1])
    const command: LineCommand = { type: 'open', url, capture: up.port2, playback: down.port2 }
    worker.postMessage(command, [up.port2, down.port2])
  }

  private tell(command: LineCommand): void {
    this.worker?.postMessage(command)
  }

  private use(stream: MediaStream): void {
    if (this.capture === null) return
    this.source?.disconnect()
    release(this.stream)
    this.stream = stream
    this.source = new MediaStreamAudioSourceNode(this.capture.context as AudioContext, {
      mediaStream: stream,
    })
    this.source.connect(this.capture)
    stream.getAudioTracks().forEach((track) => {
      track.onended = () => void this.recover()
    })
  }

  private readonly onDeviceChange = (): void => {
    const isGone = this.stream?.getAudioTracks().every((track) => track.readyState === 'ended')
    if (isGone === true) void this.recover()
  }

  /** The headset was pulled out: take the microphone that is left. */
  private async recover(): Promise<void> {
    if (this.isClosed) return
    try {
      await this.changeMicrophone()
    } catch {
      this.listener.microphoneLost()
    }
  }
}

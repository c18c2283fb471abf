/**
 * Carries frames between the audio thread and the server, in a thread of its own: a page that is
 * busy drawing a transcript, or hidden behind another tab, must not make the voice stutter.
 */

export type LineCommand =
  | { type: 'open'; url: string; capture: MessagePort; playback: MessagePort }
  | { type: 'url'; url: string }
  | { type: 'close' }

export type LineReport =
  | { type: 'state'; state: 'connecting' | 'open' | 'lost' | 'ended' }
  | { type: 'refused'; code: number }

const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 3_000
/** 200 ms of sound; what waits longer is old and is dropped. */
const BACKLOG_BYTES = 3_200
/** The server has nothing at this address for us: a new one must be asked for. */
const REFUSED = new Set([4401, 4403, 4404, 4409])
const ENDED = 1000

let socket: WebSocket | null = null
let url = ''
let playback: MessagePort | null = null
let retries = 0
let isClosed = false
let retryTimer: ReturnType<typeof setTimeout> | undefined

function report(message: LineReport): void {
  self.postMessage(message)
}

function open(): void {
  clearTimeout(retryTimer)
  report({ type: 'state', state: 'connecting' })
  const fresh = new WebSocket(url)
  fresh.binaryType = 'arraybuffer'
  socket = fresh
  fresh.onopen = () => {
    retries = 0
    report({ type: 'state', state: 'open' })
  }
  fresh.onmessage = (event: MessageEvent<ArrayBuffer | string>) => hear(event.data)
  fresh.onclose = (event) => {
    if (fresh === socket) lose(event.code)
  }
}

function hear(data: ArrayBuffer | string): void {
  if (typeof data !== 'string') {
    playback?.postMessage(data, [data])
    return
  }
  const message = JSON.parse(data) as { type: string }
  if (message.type === 'ended') {
    isClosed = true
    report({ type: 'state', state: 'ended' })
  }
}

function lose(code: number): void {
  socket = null
  if (isClosed) return
  if (REFUSED.has(code)) {
    report({ type: 'refused', code })
    return
  }
  if (code === ENDED) {
    isClosed = true
    report({ type: 'state', state: 'ended' })
    return
  }
  report({ type: 'state', state: 'lost' })
  const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries)
  retries += 1
  retryTimer = setTimeout(open, ceiling / 2 + (Math.random() * ceiling) / 2)
}

function send(frame: ArrayBuffer): void {
  if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > BACKLOG_BYTES) return
  socket.send(frame)
}

self.onmessage = (event: MessageEvent<LineCommand>) => {
  const command = event.data
  if (command.type === 'close') {
    isClosed = true
    clearTimeout(retryTimer)
    socket?.close(1000)
    return
  }
  url = command.url
  if (command.type === 'open') {
    playback = command.playback
    command.capture.onmessage = (frame: MessageEvent<ArrayBuffer>) => send(frame.data)
  }
  isClosed = false
  const old = socket
  socket = null
  old?.close()
  open()
}

/** The WebSocket to the server: opens, listens, notices silence, comes back where it left off. */

import type { ClientMessage, ServerMessage } from '@/protocol'

export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'failed'

const PING_EVERY_MS = 5_000
/** Two pings without an answer: the line is dead even if the socket does not know it. */
const SILENCE_LIMIT_MS = 12_000
const FIRST_RETRY_MS = 400
const LAST_RETRY_MS = 8_000

/** Close codes by which the server says that trying again is of no use. */
const REFUSED = new Set([4401, 4403])

export interface ConnectionListener {
  message(message: ServerMessage): void
  state(state: ConnectionState): void
  refused(code: number): void
}

export class LiveConnection {
  private socket: WebSocket | null = null
  private retries = 0
  private lastHeardAt = 0
  private isStopped = true
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(
    private readonly listener: ConnectionListener,
    /** Number of the last message applied; 0 asks for a snapshot. */
    private readonly after: () => number,
  ) {}

  start(): void {
    if (!this.isStopped) return
    this.isStopped = false
    window.addEventListener('online', this.hurry)
    document.addEventListener('visibilitychange', this.hurry)
    this.open()
  }

  stop(): void {
    this.isStopped = true
    window.removeEventListener('online', this.hurry)
    document.removeEventListener('visibilitychange', this.hurry)
    clearTimeout(this.retryTimer)
    this.drop()
  }

  /** Drops what there is and asks for a fresh snapshot. */
  retryNow(): void {
    this.retries = 0
    clearTimeout(this.retryTimer)
    this.drop()
    if (!this.isStopped) this.open()
  }

  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  private open(): void {
    this.listener.state('connecting')
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const after = this.after()
    const query = after > 0 ? `?after=${after}` : ''
    const socket = new WebSocket(`${scheme}://${location.host}/ws/console${query}`)
    this.socket = socket
    this.lastHeardAt = Date.now()
    socket.onmessage = (event) => this.hear(socket, event.data)
    socket.onclose = (event) => this.lose(socket, event.code)
    this.pingTimer = setInterval(() => this.ping(socket), PING_EVERY_MS)
  }

  private hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.socket || typeof data !== 'string') return
    this.lastHeardAt = Date.now()
    this.retries = 0
    this.listener.state('connected')
    this.listener.message(JSON.parse(data) as ServerMessage)
  }

  private ping(socket: WebSocket): void {
    if (Date.now() - this.lastHeardAt > SILENCE_LIMIT_MS) {
      // close() on a dead line takes a minute to tell; the socket is given up at once instead.
      this.lose(socket, 1006)
      return
    }
    this.send({ type: 'ping' })
  }

  private lose(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return
    this.drop()
    if (this.isStopped) return
    if (REFUSED.has(code)) {
      this.isStopped = true
      this.listener.state('failed')
      this.listener.refused(code)
      return
    }
    this.listener.state('disconnected')
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries)
    this.retries += 1
    // Half fixed, half by chance: fifty consoles must not come back in the same instant.
    this.retryTimer = setTimeout(() => this.open(), ceiling / 2 + (Math.random() * ceiling) / 2)
  }

  private drop(): void {
    clearInterval(this.pingTimer)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  /** A laptop that wakes or a tab that is looked at again does not wait for its back-off. */
  private readonly hurry = (): void => {
    if (this.isStopped || document.visibilityState === 'hidden') return
    const isOpen = this.socket?.readyState === WebSocket.OPEN
    if (isOpen && Date.now() - this.lastHeardAt < SILENCE_LIMIT_MS) {
      this.send({ type: 'ping' })
      return
    }
    this.retryNow()
  }
}

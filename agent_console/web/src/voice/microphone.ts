/** The microphone: opening it, naming what stands in the way, listing devices. */

export type MicrophoneTrouble = 'insecure' | 'denied' | 'missing' | 'in_use' | 'unknown'

export class MicrophoneError extends Error {
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble)
    this.name = 'MicrophoneError'
  }
}

const DEVICE_KEY = 'hotline.microphone'
/** Tests compare sound sample by sample; the browser's clean-up would change it. */
const RAW_KEY = 'hotline.rawaudio'

const TROUBLES: Record<string, MicrophoneTrouble> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
}

export function chosenMicrophone(): string {
  return localStorage.getItem(DEVICE_KEY) ?? ''
}

export function chooseMicrophone(deviceId: string): void {
  localStorage.setItem(DEVICE_KEY, deviceId)
}

/** Opens the chosen microphone, or any when that one is gone. */
export async function openMicrophone(): Promise<MediaStream> {
  const media = navigator.mediaDevices as MediaDevices | undefined
  if (media === undefined) throw new MicrophoneError('insecure')
  const isRaw = localStorage.getItem(RAW_KEY) === '1'
  const device = chosenMicrophone()
  try {
    return await media.getUserMedia({
      audio: {
        ...(device === '' ? {} : { deviceId: { ideal: device } }),
        channelCount: 1,
        echoCancellation: !isRaw,
        noiseSuppression: !isRaw,
        autoGainControl: !isRaw,
      },
    })
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    throw new MicrophoneError(TROUBLES[name] ?? 'unknown')
  }
}

export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  const media = navigator.mediaDevices as MediaDevices | undefined
  const devices = (await media?.enumerateDevices()) ?? []
  return devices.filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
}

export function release(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop())
}

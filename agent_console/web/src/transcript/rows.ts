/** A transcript as it is read: sentences, and stretches without words in their places. */

import type { Segment, TranscriptGap } from '@/protocol'

/** A stretch that was not heard live; once filled, what was said there stands in the transcript. */
export interface Gap extends TranscriptGap {
  filled?: boolean
}

export type TranscriptRow =
  | { key: string; at: number; line: Segment; gap: null }
  | { key: string; at: number; line: null; gap: Gap }

/** Stretches without words until words that were found afterwards stand in them, and filled ones. */
function shown(lines: Segment[], gaps: Gap[]): Gap[] {
  const found = lines.filter((line) => line.source === 'after_call')
  return gaps.filter(
    (gap) =>
      gap.filled ||
      !found.some(
        (line) =>
          line.speaker === gap.speaker && line.start_ms < gap.end_ms && line.end_ms > gap.start_ms,
      ),
  )
}

/** Lines and gaps in the order of speech. */
export function rowsOf(lines: Segment[], gaps: Gap[]): TranscriptRow[] {
  const rows: TranscriptRow[] = [
    ...lines.map((line) => ({
      key: `line-${line.id}`,
      at: line.start_ms,
      line,
      gap: null,
    })),
    ...shown(lines, gaps).map((gap) => ({
      key: `gap-${gap.speaker}-${gap.start_ms}`,
      at: gap.start_ms,
      line: null,
      gap,
    })),
  ]
  return rows.sort((left, right) => left.at - right.at)
}

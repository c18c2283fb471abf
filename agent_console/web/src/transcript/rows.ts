/** A transcript as it is read: sentences, and stretches without words in their places. */

import type { Segment, TranscriptGap } from '@/protocol'

export type TranscriptRow =
  | { key: string; at: number; line: Segment; gap: null }
  | { key: string; at: number; line: null; gap: TranscriptGap }

/** Stretches without words, until words that were found afterwards stand in them. */
function unfilled(lines: Segment[], gaps: TranscriptGap[]): TranscriptGap[] {
  const found = lines.filter((line) => line.source === 'after_call')
  return gaps.filter(
    (gap) =>
      !found.some(
        (line) =>
          line.speaker === gap.speaker && line.start_ms < gap.end_ms && line.end_ms > gap.start_ms,
      ),
  )
}

/** Lines and gaps in the order of speech. */
export function rowsOf(lines: Segment[], gaps: TranscriptGap[]): TranscriptRow[] {
  const rows: TranscriptRow[] = [
    ...lines.map((line) => ({
      key: `line-${line.id}`,
      at: line.start_ms,
      line,
      gap: null,
    })),
    ...unfilled(lines, gaps).map((gap) => ({
      key: `gap-${gap.speaker}-${gap.start_ms}`,
      at: gap.start_ms,
      line: null,
      gap,
    })),
  ]
  return rows.sort((left, right) => left.at - right.at)
}

import { describe, expect, it } from 'vitest'

import { readDiagram } from './diagram'

const TEXT = `flowchart TD
    notice["a@zh b@zh"]
    queue[/"hold"/]
    notice --> language{"choose@zh"}
    language -- "1: zh" --> topic
    language -- "2: bo" --> topic
    language -- 0 --> queue
    topic{"choose_topic"}
    topic -- "1: labour" --> queue
    queue -- 1 --> callback["booked"]`

describe('readDiagram', () => {
  const { nodes, edges } = readDiagram(TEXT)
  const node = (id: string) => nodes.find((each) => each.id === id)

  it('nodes__have_their_prompts', () => {
    expect(node('notice')?.labels).toEqual(['a@zh', 'b@zh'])
    expect(node('queue')?.labels).toEqual(['hold'])
    expect(node('callback')?.labels).toEqual(['booked'])
  })

  it('keys_to_one_place__are_one_line', () => {
    expect(edges.find((each) => each.to === 'topic')).toEqual({
      from: 'language',
      to: 'topic',
      labels: ['1: zh', '2: bo'],
    })
    expect(edges).toHaveLength(5)
  })

  it('nodes__stand_below_all_that_lead_to_them', () => {
    expect(['notice', 'language', 'topic', 'queue', 'callback'].map((id) => node(id)?.layer)).toEqual([0, 1, 2, 3, 4])
  })

  it('way_back__ends', () => {
    const circle = readDiagram('flowchart TD\n a --> b\n b --> a')
    expect(circle.nodes).toHaveLength(2)
  })
})

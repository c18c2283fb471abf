/** PURE: the menus of a flow as the server writes them (Mermaid), laid out for drawing. */

export interface DiagramNode {
  id: string
  /** Prompt keys, or what happens there. */
  labels: string[]
  layer: number
  /** Place within its layer, and how many there are in it. */
  place: number
  of: number
}

export interface DiagramEdge {
  from: string
  to: string
  /** Keys that lead there; none where it goes by itself. */
  labels: string[]
}

export interface Diagram {
  nodes: DiagramNode[]
  edges: DiagramEdge[]
}

const NODE = /(\w+)(?:\{"(.*?)"\}|\[\/?"(.*?)"\/?\])?/
const EDGE = new RegExp(`^${NODE.source}(?: -- (?:"(.*?)"|(\\S+)))? --> ${NODE.source}$`)
const ALONE = new RegExp(`^${NODE.source}$`)

/** Reads the lines of a `flowchart TD`; what is not understood is left out. */
export function readDiagram(text: string): Diagram {
  const labels = new Map<string, string[]>()
  const edges: DiagramEdge[] = []
  const note = (id: string, label: string | undefined): void => {
    if (label !== undefined) labels.set(id, label.split(' ').filter((each) => each !== ''))
    else if (!labels.has(id)) labels.set(id, [])
  }
  for (const line of text.split('\n').slice(1).map((each) => each.trim())) {
    const alone = ALONE.exec(line)
    const edge = EDGE.exec(line)
    if (alone !== null) note(alone[1] ?? '', alone[2] ?? alone[3])
    if (edge === null) continue
    const [from = '', to = ''] = [edge[1], edge[6]]
    note(from, edge[2] ?? edge[3])
    note(to, edge[7] ?? edge[8])
    add(edges, from, to, edge[4] ?? edge[5])
  }
  return { nodes: placed(labels, edges), edges }
}

/** Edges between the same two nodes are one line with several labels. */
function add(edges: DiagramEdge[], from: string, to: string, label: string | undefined): void {
  let edge = edges.find((each) => each.from === from && each.to === to)
  if (edge === undefined) {
    edge = { from, to, labels: [] }
    edges.push(edge)
  }
  if (label !== undefined) edge.labels.push(label)
}

/** Every node stands below all that lead to it; a way back up does not push anything down. */
function placed(labels: Map<string, string[]>, edges: DiagramEdge[]): DiagramNode[] {
  const layers = new Map<string, number>([...labels.keys()].map((id) => [id, 0]))
  for (let round = 0; round < labels.size; round += 1) {
    for (const { from, to } of edges) {
      const wanted = (layers.get(from) ?? 0) + 1
      if (from !== to && wanted > (layers.get(to) ?? 0) && wanted < labels.size) layers.set(to, wanted)
    }
  }
  const rows = new Map<number, string[]>()
  for (const [id, layer] of layers) rows.set(layer, [...(rows.get(layer) ?? []), id])
  return [...layers].map(([id, layer]) => {
    const row = rows.get(layer) ?? []
    return { id, labels: labels.get(id) ?? [], layer, place: row.indexOf(id), of: row.length }
  })
}

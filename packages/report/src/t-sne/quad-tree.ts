/**
 * @file A quad-tree over points in the plane and the repulsion between all of them (Barnes and Hut 1986).
 *
 * Nodes are stored in preorder, each with the node that follows its subtree, so that a walk needs no stack. A node's
 * box is the tight one around its points rather than a cell of a grid. Its size is the diagonal: at equal theta the
 * errors are then about those of scikit-learn, and a node never stands for a point inside it while theta is at most 1.
 */

/** Reusable memory for the tree of up to N points; `buildQuadTree` fills it. */
export interface QuadTree {
  /** Nodes in use. */
  nodes: number
  /** Points under each node. */
  readonly size: Int32Array
  /** Mean position of each node's points, and the diagonal of their bounding box, squared. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly squaredSpan: Float64Array
  /** The node after each node's subtree. */
  readonly next: Int32Array
  /** A leaf's first point in tree order; -1 for other nodes. */
  readonly first: Int32Array
  /** The points in tree order: their numbers and positions. */
  readonly order: Int32Array
  readonly px: Float64Array
  readonly py: Float64Array
}

// Below this many points a node is scanned: cheaper than a walk, and exact.
const leafSize = 6

/** Memory for the tree of `n` points. */
export function quadTree(n: number): QuadTree {
  // Every inner node has two or more children, so there are fewer inner nodes than leaves, and at most N leaves.
  const most = Math.max(1, 2 * n)
  return {
    nodes: 0,
    size: new Int32Array(most),
    x: new Float64Array(most),
    y: new Float64Array(most),
    squaredSpan: new Float64Array(most),
    next: new Int32Array(most),
    first: new Int32Array(most),
    order: Int32Array.from({ length: n }, (_, i) => i),
    px: new Float64Array(n),
    py: new Float64Array(n),
  }
}

/** Fills `tree` with `points`, (N, 2) row-major. */
export function buildQuadTree(tree: QuadTree, points: Float64Array): void {
  const { order, px, py } = tree
  // Starting from index order, not from the last tree's, keeps equal points giving equal bytes whatever came before.
  for (let i = 0; i < order.length; i++) {
    order[i] = i
    px[i] = points[2 * i]!
    py[i] = points[2 * i + 1]!
  }
  tree.nodes = 0
  if (order.length > 0) grow(tree, 0, order.length)
}

function grow(tree: QuadTree, from: number, to: number): void {
  const { px, py } = tree
  const node = tree.nodes++
  let left = Infinity
  let right = -Infinity
  let bottom = Infinity
  let top = -Infinity
  let sumX = 0
  let sumY = 0
  for (let p = from; p < to; p++) {
    const x = px[p]!
    const y = py[p]!
    if (x < left) left = x
    if (x > right) right = x
    if (y < bottom) bottom = y
    if (y > top) top = y
    sumX += x
    sumY += y
  }
  const single = left === right && bottom === top
  tree.size[node] = to - from
  // The rounded mean of equal positions may differ from them, which would let the node repel its own points.
  tree.x[node] = single ? left : sumX / (to - from)
  tree.y[node] = single ? bottom : sumY / (to - from)
  tree.squaredSpan[node] = (right - left) ** 2 + (top - bottom) ** 2
  tree.first[node] = -1
  if (to - from <= leafSize || single) {
    tree.first[node] = from
  } else {
    const middleX = left + (right - left) / 2
    const cutY = partition(tree, py, bottom + (top - bottom) / 2, from, to)
    const cuts = [from, partition(tree, px, middleX, from, cutY), cutY, partition(tree, px, middleX, cutY, to), to]
    // Positions one rounding step apart may all fall on one side of their middle.
    const undivided = cuts.some((cut, c) => c > 0 && cut - cuts[c - 1]! === to - from)
    if (undivided) tree.first[node] = from
    else for (let c = 0; c < 4; c++) if (cuts[c + 1]! > cuts[c]!) grow(tree, cuts[c]!, cuts[c + 1]!)
  }
  tree.next[node] = tree.nodes
}

/** Moves points with `along` at most `middle` before the others, and returns where the others start. */
function partition(tree: QuadTree, along: Float64Array, middle: number, from: number, to: number): number {
  let low = from
  let high = to - 1
  for (;;) {
    while (low <= high && along[low]! <= middle) low++
    while (low <= high && along[high]! > middle) high--
    if (low > high) return low
    swap(tree.px, low, high)
    swap(tree.py, low, high)
    swap(tree.order, low, high)
  }
}

function swap(values: Float64Array | Int32Array, a: number, b: number): void {
  const held = values[a]!
  values[a] = values[b]!
  values[b] = held
}

/**
 * Writes to `out` (N, 2) the sum over all other points j of q^2 (y_i - y_j), q = 1 / (1 + |y_i - y_j|^2), and returns
 * the sum of q over all ordered pairs. A node whose box has a diagonal below `theta` times its distance stands for its
 * points.
 * @param theta from 0, for the exact sums, to 1
 */
export function repulsion(tree: QuadTree, theta: number, out: Float64Array): number {
  const { nodes, size, x, y, squaredSpan, next, first, order, px, py } = tree
  const squaredTheta = theta * theta
  let total = 0
  for (let p = 0; p < order.length; p++) {
    const ownX = px[p]!
    const ownY = py[p]!
    let forceX = 0
    let forceY = 0
    let node = 0
    while (node < nodes) {
      const dx = ownX - x[node]!
      const dy = ownY - y[node]!
      const square = dx * dx + dy * dy
      if (squaredSpan[node]! < squaredTheta * square) {
        const q = 1 / (1 + square)
        const weight = size[node]! * q
        total += weight
        forceX += weight * q * dx
        forceY += weight * q * dy
        node = next[node]!
        continue
      }
      const start = first[node]!
      if (start >= 0) {
        for (let other = start; other < start + size[node]!; other++) {
          if (other === p) continue
          const ox = ownX - px[other]!
          const oy = ownY - py[other]!
          const q = 1 / (1 + ox * ox + oy * oy)
          total += q
          forceX += q * q * ox
          forceY += q * q * oy
        }
      }
      node++
    }
    out[2 * order[p]!] = forceX
    out[2 * order[p]! + 1] = forceY
  }
  return total
}

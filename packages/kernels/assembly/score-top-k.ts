import { address, integer } from "./arguments";

// Best items of each user by inner product; one task is a run of users. Items come in panels [items / 8][K][8], users
// in panels [users / 4][K][4]. Items are visited with the long ones first: the scores to beat rise early, and once what
// the longest item left could reach is below them, the rest is left out. Each user keeps a heap with the worst kept
// item (lowest score, then highest id) at its root, so that the order of visits does not show in the result.

// @ts-ignore: decorator
@inline
function worse(scores: usize, ids: usize, a: i32, b: i32): bool {
  const sa = load<f32>(scores + ((<usize>a) << 2));
  const sb = load<f32>(scores + ((<usize>b) << 2));
  return sa < sb || (sa === sb && load<i32>(ids + ((<usize>a) << 2)) > load<i32>(ids + ((<usize>b) << 2)));
}

// @ts-ignore: decorator
@inline
function swap(scores: usize, ids: usize, a: i32, b: i32): void {
  const pa = (<usize>a) << 2;
  const pb = (<usize>b) << 2;
  const score = load<f32>(scores + pa);
  store<f32>(scores + pa, load<f32>(scores + pb));
  store<f32>(scores + pb, score);
  const id = load<i32>(ids + pa);
  store<i32>(ids + pa, load<i32>(ids + pb));
  store<i32>(ids + pb, id);
}

function siftDown(scores: usize, ids: usize, length: i32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) return;
    if (child + 1 < length && worse(scores, ids, child + 1, child)) child++;
    if (!worse(scores, ids, child, at)) return;
    swap(scores, ids, at, child);
    at = child;
  }
}

// Offers the items that `lanes` has bits for, eight items to each of four users, whose 32 scores are in `found`. Sets
// what an item's length must reach for the tile to be looked at further.
function offerTile(task: i32, block: usize, found: usize, user: i32, item: i32, lanes: u32): void {
  const order = address(block, 6); // id of the item at each place of the panels
  const thresholds = address(block, 7);
  const kept = address(block, 8);
  const norms = address(block, 9);
  const invalid = address(block, 12);
  const users = integer(block, 14);
  const cols = integer(block, 16);
  const k = integer(block, 17);
  const size = (<usize>k) << 2;
  // What rounding adds to an inner product, on the safe side.
  const slack = 1 + <f64>(cols + 4) / 4194304;
  const lastUser = min(user + 4, users);
  let limit = Infinity;
  for (let u = user; u < lastUser; u++, found += 32, lanes >>>= 8) {
    const threshold = thresholds + ((<usize>u) << 2);
    const scores = address(block, 4) + <usize>u * size;
    const ids = address(block, 5) + <usize>u * size;
    for (let own = lanes & 255; own; own &= own - 1) {
      const lane = ctz(own);
      const score = load<f32>(found + ((<usize>lane) << 2));
      if (score < load<f32>(threshold)) continue;
      const id = load<i32>(order + ((<usize>(item + lane)) << 2));
      if (score !== score) {
        if (load<i32>(invalid + ((<usize>task) << 3)) < 0) {
          store<i32>(invalid + ((<usize>task) << 3), u);
          store<i32>(invalid + ((<usize>task) << 3), id, 4);
        }
        continue;
      }
      let count = load<i32>(kept + ((<usize>u) << 2));
      if (count === k && score === load<f32>(scores) && id > load<i32>(ids)) continue;
      if (count < k) {
        let at = count++;
        store<i32>(kept + ((<usize>u) << 2), count);
        store<f32>(scores + ((<usize>at) << 2), score);
        store<i32>(ids + ((<usize>at) << 2), id);
        while (at > 0) {
          const parent = (at - 1) >> 1;
          if (!worse(scores, ids, at, parent)) break;
          swap(scores, ids, at, parent);
          at = parent;
        }
      } else {
        store<f32>(scores, score);
        store<i32>(ids, id);
        siftDown(scores, ids, k);
      }
      if (count === k) store<f32>(threshold, load<f32>(scores));
    }
    // NaN until k items are kept. Below 1e-30 products may underflow, and beyond float32 sums may overflow on the way.
    const reach = <f64>load<f32>(threshold);
    limit = reach > 1e-30 && reach < Infinity ? min(limit, reach / (load<f64>(norms + ((<usize>u) << 3)) * slack)) : 0;
    if (!(limit > 0)) limit = 0;
  }
  store<f64>(address(block, 10) + (((<usize>user) >> 2) << 3), limit);
}

// Marks, a bit for each place of the panels, what is left out for users first .. last - 1: items seen, and places that
// hold none.
function markSeen(block: usize, first: i32, last: i32, left: usize): void {
  const indptr = address(block, 2); // 0 where nothing is seen
  const seen = address(block, 3);
  const items = integer(block, 15);
  const places = address(block, 20); // of each item
  const bytes = <usize>((items + 7) >> 3);
  const beyond: i32 = 255 << (items & 7);
  memory.fill(left, 0, <usize>((last - first + 3) & ~3) * bytes);
  for (let u = first; u < last; u++, left += bytes) {
    if (items & 7) store<u8>(left + bytes - 1, <u8>beyond);
    if (!indptr) continue;
    const row = indptr + ((<usize>u) << 2);
    const end = seen + ((<usize>load<i32>(row, 4)) << 2);
    for (let p = seen + ((<usize>load<i32>(row)) << 2); p < end; p += 4) {
      const place = load<i32>(places + ((<usize>load<i32>(p)) << 2));
      const at = left + ((<usize>place) >> 3);
      const bit: i32 = 1 << (place & 7);
      store<u8>(at, load<u8>(at) | <u8>bit);
    }
  }
}

// Bits of the lanes of eight scores that are not below `threshold`; NaN on either side is not.
// @ts-ignore: decorator
@inline
function reached(low: v128, high: v128, threshold: v128): u32 {
  return ~(i32x4.bitmask(f32x4.lt(low, threshold)) | (i32x4.bitmask(f32x4.lt(high, threshold)) << 4)) & 255;
}

export function scoreTopK(task: i32, block: usize): void {
  const userPanels = address(block, 0);
  const itemPanels = address(block, 1);
  const scores = address(block, 4); // (users, k)
  const ids = address(block, 5); // (users, k)
  const thresholds = address(block, 7); // the score to beat, NaN until k items are kept; users padded to whole panels
  const kept = address(block, 8);
  const limits = address(block, 10); // the norm an item must have to be of use to a panel of users
  const longest = address(block, 11); // the largest norm in each panel of items and all after it
  const invalid = address(block, 12); // a user and an item a task, -1 where every score is a number
  const users = integer(block, 14);
  const items = integer(block, 15);
  const cols = integer(block, 16);
  const k = integer(block, 17);
  const usersPerTask = integer(block, 18); // a multiple of 4
  const usersBefore = integer(block, 19); // of the runs before this one
  const bytes = <usize>((items + 7) >> 3);
  // 128 bytes of scores, 4 for each panel of users that is still looked at, and a bit for each user and item
  const found = address(block, 13) + <usize>task * (128 + <usize>usersPerTask * (1 + bytes));
  const active = found + 128;
  const left = active + <usize>usersPerTask;

  const first = usersBefore + task * usersPerTask;
  const last = min(first + usersPerTask, users);
  const size = (<usize>k) << 2;
  const userBytes = (<usize>cols) << 4;
  const itemBytes = (<usize>cols) << 5;
  store<i32>(invalid + ((<usize>task) << 3), -1);
  markSeen(block, first, last, left);
  let activeEnd = active;
  for (let u = first; u < ((last + 3) & ~3); u++) {
    store<f32>(thresholds + ((<usize>u) << 2), u < users ? <f32>NaN : <f32>Infinity);
    store<i32>(kept + ((<usize>u) << 2), 0);
    if (u & 3) continue;
    store<f64>(limits + (((<usize>u) >> 2) << 3), 0);
    store<i32>(activeEnd, u);
    activeEnd += 4;
  }

  for (let item = 0; item < items && activeEnd > active; item += 8) {
    const panel = itemPanels + <usize>(item >> 3) * itemBytes;
    const panelEnd = panel + itemBytes;
    const reach = load<f64>(longest + ((<usize>(item >> 3)) << 3));
    for (let place = active; place < activeEnd; place += 4) {
      const u = load<i32>(place);
      if (reach < load<f64>(limits + (((<usize>u) >> 2) << 3))) {
        activeEnd -= 4;
        store<i32>(place, load<i32>(activeEnd));
        place -= 4;
        continue;
      }
      let a = userPanels + <usize>(u >> 2) * userBytes;
      let c00 = f32x4.splat(0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      for (let b = panel; b < panelEnd; b += 32) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let s = v128.load_splat<f32>(a);
        c00 = f32x4.add(c00, f32x4.mul(s, b0));
        c01 = f32x4.add(c01, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 4);
        c10 = f32x4.add(c10, f32x4.mul(s, b0));
        c11 = f32x4.add(c11, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 8);
        c20 = f32x4.add(c20, f32x4.mul(s, b0));
        c21 = f32x4.add(c21, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 12);
        c30 = f32x4.add(c30, f32x4.mul(s, b0));
        c31 = f32x4.add(c31, f32x4.mul(s, b1));
        a += 16;
      }
      const threshold = thresholds + ((<usize>u) << 2);
      const t0 = v128.load_splat<f32>(threshold);
      const t1 = v128.load_splat<f32>(threshold, 4);
      const t2 = v128.load_splat<f32>(threshold, 8);
      const t3 = v128.load_splat<f32>(threshold, 12);
      const below = v128.and(
        v128.and(v128.and(f32x4.lt(c00, t0), f32x4.lt(c01, t0)), v128.and(f32x4.lt(c10, t1), f32x4.lt(c11, t1))),
        v128.and(v128.and(f32x4.lt(c20, t2), f32x4.lt(c21, t2)), v128.and(f32x4.lt(c30, t3), f32x4.lt(c31, t3))),
      );
      if (i32x4.all_true(below)) continue;
      const own = left + <usize>(u - first) * bytes + ((<usize>item) >> 3);
      const leftOut =
        <u32>load<u8>(own) |
        (<u32>load<u8>(own + bytes) << 8) |
        (<u32>load<u8>(own + 2 * bytes) << 16) |
        (<u32>load<u8>(own + 3 * bytes) << 24);
      const inReach =
        reached(c00, c01, t0) |
        (reached(c10, c11, t1) << 8) |
        (reached(c20, c21, t2) << 16) |
        (reached(c30, c31, t3) << 24);
      const lanes = inReach & ~leftOut;
      if (!lanes) continue;
      v128.store(found, c00);
      v128.store(found, c01, 16);
      v128.store(found, c10, 32);
      v128.store(found, c11, 48);
      v128.store(found, c20, 64);
      v128.store(found, c21, 80);
      v128.store(found, c30, 96);
      v128.store(found, c31, 112);
      offerTile(task, block, found, u, item, lanes);
    }
  }

  for (let u = first; u < last; u++) {
    const heapScores = scores + <usize>u * size;
    const heapIds = ids + <usize>u * size;
    const count = load<i32>(kept + ((<usize>u) << 2));
    for (let length = count - 1; length > 0; length--) {
      swap(heapScores, heapIds, 0, length);
      siftDown(heapScores, heapIds, length);
    }
    for (let at = count; at < k; at++) store<i32>(heapIds + ((<usize>at) << 2), -1);
  }
}

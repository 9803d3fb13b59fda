import { address, integer } from "./arguments";

// Best items of each user by inner product; one task is a run of users. Items come in panels [items / 8][K][8], users
// in panels [users / 4][K][4]. Items are visited with the long ones first: the scores to beat rise early, and once what
// the longest item left could reach is below them, the rest is left out. Each user keeps a heap with the worst kept item
// (lowest score, then highest id) at its root, so that the order of visits does not show in the result.

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

// One of the 2,048 bits of a user's filter: clear where the user has seen no item of these low bits, which spares most
// searches.
// @ts-ignore: decorator
@inline
function filterAt(filters: usize, user: i32, item: i32): usize {
  return filters + ((<usize>user) << 8) + ((<usize>(item & 2047)) >> 3);
}

// @ts-ignore: decorator
@inline
function filterBit(item: i32): u32 {
  return 1 << (item & 7);
}

// Offers eight items to each of four users, whose 32 scores are in `found`. Sets what an item's length must reach for the
// tile to be looked at further.
function offerTile(task: i32, block: usize, found: usize, user: i32, item: i32): void {
  const indptr = address(block, 2);
  const seen = address(block, 3);
  const order = address(block, 6); // id of the item at each place of the panels
  const thresholds = address(block, 7);
  const kept = address(block, 8);
  const norms = address(block, 9);
  const invalid = address(block, 12);
  const filters = address(block, 19);
  const users = integer(block, 14);
  const items = integer(block, 15);
  const cols = integer(block, 16);
  const k = integer(block, 17);
  const size = (<usize>k) << 2;
  // What rounding adds to an inner product, on the safe side.
  const slack = 1 + <f64>(cols + 4) / 4194304;
  const present = items - item < 8 ? (1 << (items - item)) - 1 : 255;
  const lastUser = min(user + 4, users);
  let limit = Infinity;
  for (let u = user; u < lastUser; u++, found += 32) {
    const threshold = thresholds + ((<usize>u) << 2);
    const scores = address(block, 4) + <usize>u * size;
    const ids = address(block, 5) + <usize>u * size;
    // "Not below" holds for NaN on either side.
    const least = v128.load_splat<f32>(threshold);
    const below = i32x4.bitmask(f32x4.lt(v128.load(found), least)) | (i32x4.bitmask(f32x4.lt(v128.load(found, 16), least)) << 4);
    for (let lanes = present & ~below; lanes; lanes &= lanes - 1) {
      const lane = ctz(lanes);
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
      if (indptr) {
        const row = indptr + ((<usize>u) << 2);
        if (load<u8>(filterAt(filters, u, id)) & filterBit(id) && holds(seen, load<i32>(row), load<i32>(row, 4), id)) continue;
      }
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

// Whether places from .. to - 1 of the ascending `values` hold `value`.
function holds(values: usize, from: i32, to: i32, value: i32): bool {
  while (from < to) {
    const middle = (from + to) >>> 1;
    const found = load<i32>(values + ((<usize>middle) << 2));
    if (found === value) return true;
    if (found < value) from = middle + 1;
    else to = middle;
  }
  return false;
}

export function scoreTopK(task: i32, block: usize): void {
  const userPanels = address(block, 0);
  const itemPanels = address(block, 1);
  const indptr = address(block, 2); // 0 where nothing is excluded
  const seen = address(block, 3); // ascending in each row
  const scores = address(block, 4); // (users, k)
  const ids = address(block, 5); // (users, k)
  // 6: order
  const thresholds = address(block, 7); // the score to beat, NaN until k items are kept; users padded to whole panels
  const kept = address(block, 8);
  // 9: norms of users
  const limits = address(block, 10); // the norm an item must have to be of use to a panel of users
  const longest = address(block, 11); // the largest norm in each panel of items and all after it
  const invalid = address(block, 12); // a user and an item a task, -1 where every score is a number
  const scratch = address(block, 13); // 128 bytes a task, and 4 for each panel of users in it
  const users = integer(block, 14);
  const items = integer(block, 15);
  const cols = integer(block, 16);
  const k = integer(block, 17);
  const usersPerTask = integer(block, 18); // a multiple of 4
  const filters = address(block, 19); // 256 bytes a user

  const first = task * usersPerTask;
  const last = min(first + usersPerTask, users);
  const found = scratch + <usize>task * (128 + <usize>usersPerTask);
  const active = found + 128;
  const size = (<usize>k) << 2;
  const userBytes = (<usize>cols) << 4;
  const itemBytes = (<usize>cols) << 5;
  store<i32>(invalid + ((<usize>task) << 3), -1);
  let activeEnd = active;
  for (let u = first; u < ((last + 3) & ~3); u++) {
    store<f32>(thresholds + ((<usize>u) << 2), u < users ? <f32>NaN : <f32>Infinity);
    store<i32>(kept + ((<usize>u) << 2), 0);
    if (u & 3) continue;
    store<f64>(limits + (((<usize>u) >> 2) << 3), 0);
    store<i32>(activeEnd, u);
    activeEnd += 4;
  }

  if (indptr) {
    memory.fill(filters + ((<usize>first) << 8), 0, (<usize>(last - first)) << 8);
    for (let u = first; u < last; u++) {
      const end = load<i32>(indptr + ((<usize>u) << 2), 4);
      for (let p = load<i32>(indptr + ((<usize>u) << 2)); p < end; p++) {
        const item = load<i32>(seen + ((<usize>p) << 2));
        const at = filterAt(filters, u, item);
        store<u8>(at, load<u8>(at) | filterBit(item));
      }
    }
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
      let s = v128.load_splat<f32>(threshold);
      let below = v128.and(f32x4.lt(c00, s), f32x4.lt(c01, s));
      s = v128.load_splat<f32>(threshold, 4);
      below = v128.and(below, v128.and(f32x4.lt(c10, s), f32x4.lt(c11, s)));
      s = v128.load_splat<f32>(threshold, 8);
      below = v128.and(below, v128.and(f32x4.lt(c20, s), f32x4.lt(c21, s)));
      s = v128.load_splat<f32>(threshold, 12);
      below = v128.and(below, v128.and(f32x4.lt(c30, s), f32x4.lt(c31, s)));
      if (i32x4.all_true(below)) continue;
      v128.store(found, c00);
      v128.store(found, c01, 16);
      v128.store(found, c10, 32);
      v128.store(found, c11, 48);
      v128.store(found, c20, 64);
      v128.store(found, c21, 80);
      v128.store(found, c30, 96);
      v128.store(found, c31, 112);
      offerTile(task, block, found, u, item);
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

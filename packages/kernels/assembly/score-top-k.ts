import { address, integer } from "./arguments";

// Best items of each user by inner product; one task is a run of users. Items come in panels [items / 8][K][8], users
// in panels [users / 4][K][4]. Items are visited by ascending id, and each user keeps a
// heap with the worst kept item (lowest score, then highest id) at its root, so that a later item must beat the root
// outright and ties go to the lower id.

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

// Offers those of eight scores that `lanes` has a bit for, of the items from `first` on, with the user's state in 16 bytes: the score to beat (NaN until
// k items are kept), the number kept, and the position in the user's seen items. Returns the first NaN's item, or -1.
function offer(
  found: usize, lanes: i32, first: i32, state: usize, scores: usize, ids: usize, k: i32, seen: usize, seenEnd: i32,
): i32 {
  let invalid = -1;
  for (; lanes; lanes &= lanes - 1) {
    const lane = ctz(lanes);
    const item = first + lane;
    const score = load<f32>(found + ((<usize>lane) << 2));
    if (score <= load<f32>(state)) continue;
    if (score !== score) {
      if (invalid < 0) invalid = item;
      continue;
    }
    if (seen) {
      let at = load<i32>(state, 8);
      while (at < seenEnd && load<i32>(seen + ((<usize>at) << 2)) < item) at++;
      store<i32>(state, at, 8);
      if (at < seenEnd && load<i32>(seen + ((<usize>at) << 2)) === item) continue;
    }
    let kept = load<i32>(state, 4);
    if (kept < k) {
      let at = kept++;
      store<i32>(state, kept, 4);
      store<f32>(scores + ((<usize>at) << 2), score);
      store<i32>(ids + ((<usize>at) << 2), item);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!worse(scores, ids, at, parent)) break;
        swap(scores, ids, at, parent);
        at = parent;
      }
    } else {
      store<f32>(scores, score);
      store<i32>(ids, item);
      siftDown(scores, ids, k);
    }
    if (kept === k) store<f32>(state, load<f32>(scores));
  }
  return invalid;
}

export function scoreTopK(task: i32, block: usize): void {
  const userPanels = address(block, 0);
  const itemPanels = address(block, 1);
  const indptr = address(block, 2); // 0 where nothing is excluded
  const seen = address(block, 3);
  const scores = address(block, 4); // (users, k)
  const ids = address(block, 5); // (users, k)
  const states = address(block, 6); // 16 bytes a user, users padded to whole panels
  const scratch = address(block, 7); // 32 bytes a task
  const invalid = address(block, 8); // a user and an item a task, -1 where every score is a number
  const users = integer(block, 9);
  const items = integer(block, 10);
  const cols = integer(block, 11);
  const k = integer(block, 12);
  const usersPerTask = integer(block, 13); // a multiple of 4

  const first = task * usersPerTask;
  const last = min(first + usersPerTask, users);
  const found = scratch + ((<usize>task) << 5);
  const size = (<usize>k) << 2;
  const userBytes = (<usize>cols) << 4;
  const itemBytes = (<usize>cols) << 5;
  store<i32>(invalid + ((<usize>task) << 3), -1);
  for (let u = first; u < ((last + 3) & ~3); u++) {
    const state = states + ((<usize>u) << 4);
    store<f32>(state, u < users ? <f32>NaN : <f32>Infinity);
    store<i32>(state, 0, 4);
    store<i32>(state, indptr && u < users ? load<i32>(indptr + ((<usize>u) << 2)) : 0, 8);
  }

  for (let item = 0; item < items; item += 8) {
    const panel = itemPanels + <usize>(item >> 3) * itemBytes;
    const panelEnd = panel + itemBytes;
    const present = items - item < 8 ? (1 << (items - item)) - 1 : 255;
    for (let u = first; u < last; u += 4) {
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
      // "Not at most" the score to beat holds for NaN on either side, so that neither gets past.
      const state = states + ((<usize>u) << 4);
      const s0 = v128.load_splat<f32>(state);
      const s1 = v128.load_splat<f32>(state, 16);
      const s2 = v128.load_splat<f32>(state, 32);
      const s3 = v128.load_splat<f32>(state, 48);
      const below0 = i32x4.bitmask(f32x4.le(c00, s0)) | (i32x4.bitmask(f32x4.le(c01, s0)) << 4);
      const below1 = i32x4.bitmask(f32x4.le(c10, s1)) | (i32x4.bitmask(f32x4.le(c11, s1)) << 4);
      const below2 = i32x4.bitmask(f32x4.le(c20, s2)) | (i32x4.bitmask(f32x4.le(c21, s2)) << 4);
      const below3 = i32x4.bitmask(f32x4.le(c30, s3)) | (i32x4.bitmask(f32x4.le(c31, s3)) << 4);
      if ((below0 & below1 & below2 & below3) === 255) continue;
      for (let r = 0; r < 4 && u + r < last; r++) {
        const lanes = present & ~(r === 0 ? below0 : r === 1 ? below1 : r === 2 ? below2 : below3);
        if (!lanes) continue;
        v128.store(found, r === 0 ? c00 : r === 1 ? c10 : r === 2 ? c20 : c30);
        v128.store(found, r === 0 ? c01 : r === 1 ? c11 : r === 2 ? c21 : c31, 16);
        const user = u + r;
        const bad = offer(
          found, lanes, item, state + ((<usize>r) << 4), scores + <usize>user * size, ids + <usize>user * size, k,
          indptr ? seen : 0, indptr ? load<i32>(indptr + ((<usize>(user + 1)) << 2)) : 0,
        );
        if (bad >= 0 && load<i32>(invalid + ((<usize>task) << 3)) < 0) {
          store<i32>(invalid + ((<usize>task) << 3), user);
          store<i32>(invalid + ((<usize>task) << 3), bad, 4);
        }
      }
    }
  }

  for (let u = first; u < last; u++) {
    const heapScores = scores + <usize>u * size;
    const heapIds = ids + <usize>u * size;
    const kept = load<i32>(states + ((<usize>u) << 4), 4);
    for (let length = kept - 1; length > 0; length--) {
      swap(heapScores, heapIds, 0, length);
      siftDown(heapScores, heapIds, length);
    }
    for (let at = kept; at < k; at++) store<i32>(heapIds + ((<usize>at) << 2), -1);
  }
}

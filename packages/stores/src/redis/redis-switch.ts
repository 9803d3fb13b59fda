/** @file The switch in Redis: one script, during which the server answers nobody else. */

/**
 * A script has no rollback, so it checks everything before its first write: that the run still owns the place, that the
 * source is whole, and that every live vector is still the expected one (which also fails on a key of another type).
 *
 * KEYS source, expected, catalogue, owner; then one key for each rename: from, to, …
 * ARGV owner, prefix of the users' keys, field, '1' where every user must be there, rows of the source, version, number
 *      of renames; then pairs of version and record
 * Returns changed and others-skipped counts, or one word.
 */
export const switchScript = `
local owner, prefix, field, strict = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local rows, version, renames = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
if redis.call('GET', KEYS[4]) ~= owner then return 'not-owner' end
if redis.call('HLEN', KEYS[1]) ~= rows then return 'incomplete' end

local function each(visit)
  local cursor = '0'
  repeat
    local page = redis.call('HSCAN', KEYS[1], cursor, 'COUNT', 1000)
    cursor = page[1]
    local cells = page[2]
    for i = 1, #cells, 2 do visit(cells[i], cells[i + 1]) end
  until cursor == '0'
end

local gone, drifted, changed = 0, 0, 0
local skip = {}
each(function(id, vector)
  local live = redis.call('HGET', prefix .. id, field)
  if not live then
    gone = gone + 1
    skip[id] = true
  else
    if live ~= redis.call('HGET', KEYS[2], id) then drifted = drifted + 1 end
    if live == vector then skip[id] = true else changed = changed + 1 end
  end
end)
if drifted > 0 or (strict and gone > 0) then return 'changed-meanwhile' end

each(function(id, vector)
  if not skip[id] then redis.call('HSET', prefix .. id, field, vector) end
end)
for i = 1, renames do redis.call('RENAME', KEYS[3 + 2 * i], KEYS[4 + 2 * i]) end
for i = 8, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[3], 'live', version)
redis.call('HINCRBY', KEYS[3], 'switches', 1)
return { changed, gone }
`

/** Sets KEYS[1] to ARGV[2] if it is still ARGV[1] ('' for nothing): 1 where it was. */
export const compareAndSetScript = `
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1
`

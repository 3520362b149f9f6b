-- A node's counts of one day go into every open table that the day lies in, all or none, once for each batch, and what it
-- saw of the lines' attendance is laid over what others saw.
-- KEYS[1] pending HASH batch -> day   KEYS[2] meta HASH, then for each table: open HASH, sealed HASH, that of the totals last
-- ARGV[1] batch  [2] day, then for each table: how many cells, and cell, count, ...; then for each line: its name; 300 of 0
-- and 1, in which stretches of five minutes somebody was on duty while it was open; minutes that its hours promised
-- Returns {'ok', life, flushes}; {'again', life, flushes} when the batch is not pending; {'unopened'} when a table or a
-- cell is missing that is not sealed. A table that is sealed already is passed over: it has published this day as lost.
local function answer(word)
  return {word, redis.call('HGET', KEYS[2], 'life') or '', tonumber(redis.call('HGET', KEYS[2], 'flushes') or 0)}
end
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return answer('again') end
local at, open = 3, {}
for k = 3, #KEYS, 2 do
  local n = tonumber(ARGV[at])
  if redis.call('EXISTS', KEYS[k + 1]) == 0 then
    if redis.call('HEXISTS', KEYS[k], '.epsilon') == 0 then return {'unopened'} end
    for i = at + 1, at + 2 * n, 2 do
      if redis.call('HEXISTS', KEYS[k], ARGV[i]) == 0 then return {'unopened'} end
    end
    open[#open + 1] = {KEYS[k], at, n}
  end
  at = at + 1 + 2 * n
end
for _, o in ipairs(open) do
  for i = o[2] + 1, o[2] + 2 * o[3], 2 do redis.call('HINCRBY', o[1], ARGV[i], ARGV[i + 1]) end
end
local totals = open[#open]
if totals and totals[1] == KEYS[#KEYS - 1] then
  for l = at, #ARGV, 3 do
    local line, sees, promises = ARGV[l], ARGV[l + 1], ARGV[l + 2]
    local slots, promised = line .. '|slots|' .. ARGV[2], line .. '|promised|' .. ARGV[2]
    local had, seen, more = redis.call('HGET', totals[1], slots), {}, 0
    for i = 1, #sees do
      local before = had and string.sub(had, i, i) == '1'
      local now = string.sub(sees, i, i) == '1'
      seen[i] = (before or now) and '1' or '0'
      if now and not before then more = more + 5 end
    end
    local said = tonumber(redis.call('HGET', totals[1], promised) or 0)
    redis.call('HSET', totals[1], slots, table.concat(seen), promised, promises)
    redis.call('HINCRBY', totals[1], line .. '|attended', more)
    redis.call('HINCRBY', totals[1], line .. '|promised', tonumber(promises) - said)
  end
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[2], 'flushes', 1)
return answer('ok')

-- What one node saw of a line's attendance on one day is laid over what others saw.
-- KEYS[1] open HASH of totals   KEYS[2] sealed HASH
-- ARGV[1] line  [2] day  [3] 300 of 0 and 1: in which stretches of five minutes somebody was on duty while it was open
-- [4] minutes that its hours promised that day
-- Returns 1; 0 when the month is sealed or was not opened.
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HEXISTS', KEYS[1], '.epsilon') == 0 then return 0 end
local slots, promised = ARGV[1] .. '|slots|' .. ARGV[2], ARGV[1] .. '|promised|' .. ARGV[2]
local had, seen, more = redis.call('HGET', KEYS[1], slots), {}, 0
for i = 1, #ARGV[3] do
  local before = had and string.sub(had, i, i) == '1'
  local now = string.sub(ARGV[3], i, i) == '1'
  seen[i] = (before or now) and '1' or '0'
  if now and not before then more = more + 5 end
end
local said = tonumber(redis.call('HGET', KEYS[1], promised) or 0)
redis.call('HSET', KEYS[1], slots, table.concat(seen), promised, ARGV[4])
redis.call('HINCRBY', KEYS[1], ARGV[1] .. '|attended', more)
redis.call('HINCRBY', KEYS[1], ARGV[1] .. '|promised', tonumber(ARGV[4]) - said)
return 1

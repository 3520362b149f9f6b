-- A table of a period that is over is sealed. What stands in it from then on never changes.
-- KEYS[1] open HASH   KEYS[2] sealed HASH   KEYS[3] opened SET   KEYS[4] sealed SET   KEYS[5] pending HASH batch -> day
-- KEYS[6] meta HASH
-- ARGV[1] <table>:<period>  [2] its first day  [3] its last day, then fields that go
-- Days that were lost before it counted (a table that came with a new version) are no loss of its own. What the ledger
-- had of it before it was emptied is.
-- Returns 1; 0 when it was sealed before or never opened.
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HEXISTS', KEYS[1], '.epsilon') == 0 then
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[3], ARGV[1])
  return 0
end
local lost, since = 0, redis.call('HGET', KEYS[1], '.since') or ARGV[2]
if since < ARGV[2] then since = ARGV[2] end
for _, day in ipairs(redis.call('HVALS', KEYS[5])) do
  if day >= since and day <= ARGV[3] then lost = lost + 1 end
end
redis.call('HSET', KEYS[1], '.lost', lost)
local emptied = redis.call('HGET', KEYS[6], 'emptied')
if emptied and emptied >= ARGV[2] then redis.call('HSETNX', KEYS[1], '.emptied', emptied) end
for i = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('RENAME', KEYS[1], KEYS[2])
return 1

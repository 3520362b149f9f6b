-- Batches of days that lie in no open table any more go: they were published as lost.
-- KEYS[1] pending HASH batch -> day
-- ARGV[1] first day that still counts
-- Returns how many went.
local gone, all = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i + 1] < ARGV[1] then gone = gone + redis.call('HDEL', KEYS[1], all[i]) end
end
return gone

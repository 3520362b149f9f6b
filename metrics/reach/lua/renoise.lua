-- Noise is added once more to every cell of an open table.
-- KEYS[1] open HASH
-- ARGV[1] today, for which it is done once, then cell, noise, ...
-- Returns 1; 0 when it was done or the table is not open.
if redis.call('HEXISTS', KEYS[1], '.epsilon') == 0 or redis.call('HGET', KEYS[1], '.redrawn') == ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
redis.call('HSETNX', KEYS[1], '.draws', 1)
redis.call('HINCRBY', KEYS[1], '.draws', 1)
redis.call('HSET', KEYS[1], '.redrawn', ARGV[1])
return 1

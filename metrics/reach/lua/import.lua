-- A sealed table comes from a backup, from a node that still knows it, or from an example. One that stands stays as it
-- is. What an old copy of the store still has open of it goes: it must not be sealed a second time.
-- KEYS[1] sealed HASH   KEYS[2] sealed SET   KEYS[3] open HASH   KEYS[4] opened SET
-- ARGV[1] <table>:<period>, then field, value, ...
-- Returns 1; 0 when it stood.
redis.call('DEL', KEYS[3])
redis.call('SREM', KEYS[4], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 2, #ARGV, 512 do redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 511, #ARGV))) end
redis.call('SADD', KEYS[2], ARGV[1])
return 1

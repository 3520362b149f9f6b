-- A sealed table comes from a backup, or from an example. One that stands stays as it is.
-- KEYS[1] sealed HASH   KEYS[2] sealed SET
-- ARGV[1] <table>:<period>, then field, value, ...
-- Returns 1; 0 when it stood.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 2, #ARGV, 512 do redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 511, #ARGV))) end
redis.call('SADD', KEYS[2], ARGV[1])
return 1

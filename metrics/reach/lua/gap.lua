-- Days on which nobody counted, or of which the store forgot that somebody did, are pending for ever: they will be
-- published as lost.
-- KEYS[1] pending HASH batch -> day   KEYS[2] meta HASH
-- ARGV[1] the last day registered, as it was seen  [2] today, then the days between
-- Returns 1; 0 when somebody else was first.
if redis.call('HGET', KEYS[2], 'last') ~= ARGV[1] then return 0 end
for i = 3, #ARGV do redis.call('HSETNX', KEYS[1], 'gap:' .. ARGV[i], ARGV[i]) end
redis.call('HSET', KEYS[2], 'last', ARGV[2])
return 1

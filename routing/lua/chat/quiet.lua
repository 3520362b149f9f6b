-- "Not safe to type now", or safe again.
-- KEYS[1] state HASH
-- ARGV[1] 1 or 0  [2] channel prefix  [3] chat
-- Returns 1; 0 for an unknown chat.
local s = redis.call('HMGET', KEYS[1], 'ph', 'cn')
if not s[1] or s[1] == 'x' then return 0 end
redis.call('HSET', KEYS[1], 'q', ARGV[1])
if s[2] and s[2] ~= '' then redis.call('PUBLISH', ARGV[2] .. ':node:' .. s[2], 'c' .. ARGV[3]) end
return 1

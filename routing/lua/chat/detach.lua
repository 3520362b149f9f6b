-- The young person's socket closed.
-- KEYS[1] state HASH
-- ARGV[1] node/sock  [2] channel prefix  [3] chat
-- Returns 1; 0 when a newer socket stands.
local s = redis.call('HMGET', KEYS[1], 'sock', 'cn')
if s[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sock', '', 'yn', '')
if s[2] and s[2] ~= '' then redis.call('PUBLISH', ARGV[2] .. ':node:' .. s[2], 'c' .. ARGV[3]) end
return 1

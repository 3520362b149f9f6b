-- The young person's newest socket.
-- KEYS[1] state HASH
-- ARGV[1] SHA-256 of the token  [2] node  [3] node/sock  [4] channel prefix  [5] chat
-- Returns 1; 0 for an unknown chat, one that is over, or another token.
local s = redis.call('HMGET', KEYS[1], 'ph', 'tok', 'yn', 'cn', 'sock')
if not s[1] or s[1] == 'x' or not s[2] or s[2] ~= ARGV[1] then return 0 end
local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
redis.call('HSET', KEYS[1], 'yn', ARGV[2], 'sock', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
if s[3] and s[3] ~= '' and s[5] ~= '' then redis.call('PUBLISH', ARGV[4] .. ':node:' .. s[3], 'c' .. ARGV[5]) end
if s[4] and s[4] ~= '' and s[4] ~= s[3] then redis.call('PUBLISH', ARGV[4] .. ':node:' .. s[4], 'c' .. ARGV[5]) end
return 1

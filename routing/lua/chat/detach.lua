-- The young person's socket closed. A node that is told so of a socket of its own, since it had been given up, closes it:
-- the page comes back.
-- KEYS[1] state HASH
-- ARGV[1] node/sock  [2] channel prefix  [3] chat  [4] node that says so
-- Returns 1; 0 when a newer socket stands.
local s = redis.call('HMGET', KEYS[1], 'sock', 'cn', 'yn')
if s[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sock', '', 'yn', '', 'was', ARGV[1])
local at, was = s[2] or '', s[3] or ''
if at ~= '' then redis.call('PUBLISH', ARGV[2] .. ':node:' .. at, 'c' .. ARGV[3]) end
if was ~= '' and was ~= at and was ~= ARGV[4] then redis.call('PUBLISH', ARGV[2] .. ':node:' .. was, 'c' .. ARGV[3]) end
return 1

-- What stands of one chat, and its log above a place.
-- KEYS[1] state HASH   KEYS[2] log STREAM
-- ARGV[1] after, a seq  [2] at most so many messages
-- Returns {{fields in the order below}, {{id, {'b', body}}, ...}}, the first with nil first when there is no such chat.
local s = redis.call('HMGET', KEYS[1], 'ph', 'line', 'r', 'sock', 'pky', 'sh', 'ds', 'ep', 'seq', 'ry', 'rc', 'q', 'e', 'vn', 'ho', 'hl', 'ly', 'lc', 'old')
if not s[1] then return {{}, {}} end
for i = 1, 19 do s[i] = s[i] or '' end
return {s, redis.call('XRANGE', KEYS[2], string.format('0-%.0f', tonumber(ARGV[1]) + 1), '+', 'COUNT', ARGV[2])}

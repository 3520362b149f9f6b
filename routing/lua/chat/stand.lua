-- What a chat's own state was told last, to hold it against the routing state.
-- KEYS[1] state HASH
-- Returns {version, phase, epoch, owner, her key, reason}; {} where there is no such chat.
local s = redis.call('HMGET', KEYS[1], 'v', 'ph', 'e', 'own', 'ep', 'r')
if not s[1] then return {} end
local epochs = cjson.decode(s[5] or '[]')
local last = epochs[#epochs]
return {s[1], s[2], s[3] or '-1', s[4] or '', last and last.k or '', s[6] or ''}

-- Hands a typing sign on to the other side's open socket; nothing is kept.
-- KEYS[1] state HASH
-- ARGV[1] from, y or c  [2] the owner, '' from y  [3] epoch  [4] body  [5] this node  [6] channel prefix  [7] chat
-- Returns {1, 0} when the other side's socket may be on this node or was sent to; {0, 0} no such chat; {0, 1} stale epoch.
local from = ARGV[1]
local s = redis.call('HMGET', KEYS[1], 'ph', 'own', 'e', from == 'y' and 'cn' or 'yn')
local ph = s[1]
if not ph or ph == 'd' or ph == 'l' or ph == 'x' or from == 'c' and s[2] ~= ARGV[2] then return {0, 0} end
if ph == 'w' or s[3] ~= ARGV[3] then return {0, 1} end
if s[4] and s[4] ~= '' and s[4] ~= ARGV[5] then
  redis.call('PUBLISH', ARGV[6] .. ':node:' .. s[4], 'm' .. ARGV[7] .. from .. '0:0:' .. ARGV[4])
end
return {1, 0}

-- A side was shown the messages up to a place.
-- KEYS[1] state HASH
-- ARGV[1] from, y or c  [2] the owner, '' from y  [3] seq  [4] channel prefix  [5] chat  [6] this node, which tells a
-- socket of its own by itself
-- Returns {1, 0}; {2, 0} when that was the last of a chat that ended as done; {0, 0} no such chat.
local f = 'r' .. ARGV[1]
local s = redis.call('HMGET', KEYS[1], 'ph', 'own', 'seq', f, ARGV[1] == 'y' and 'cn' or 'yn', 'lc')
local ph = s[1]
if not ph or ph == 'w' or ph == 'l' or ph == 'x' or ARGV[1] == 'c' and s[2] ~= ARGV[2] then return {0, 0} end
local seq = math.min(tonumber(ARGV[3]), tonumber(s[3]))
if seq > tonumber(s[4] or 0) then
  redis.call('HSET', KEYS[1], f, seq)
  if s[5] and s[5] ~= '' and s[5] ~= ARGV[6] then redis.call('PUBLISH', ARGV[4] .. ':node:' .. s[5], 'c' .. ARGV[5]) end
end
if ph == 'd' and ARGV[1] == 'y' and seq >= tonumber(s[6] or 0) then return {2, 0} end
return {1, 0}

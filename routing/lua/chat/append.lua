-- Keeps one sealed message, once.
-- KEYS[1] state HASH   KEYS[2] log STREAM  0-seq -> b: tail of the msg frame
-- ARGV[1] from, y or c  [2] the owner, '' from y  [3] epoch  [4] id  [5] body  [6] this node  [7] channel prefix  [8] chat
-- [9] whole hour of the caller's clock in s
-- Returns {seq, prev}; {-seq, 0} for an id that was kept before; {0, 0} no such chat; {0, 1} stale epoch.
local from = ARGV[1]
local s = redis.call('HMGET', KEYS[1], 'ph', 'own', 'e', 'seq', 'l' .. from, 'i' .. ARGV[4], from == 'y' and 'cn' or 'yn', 'h')
local ph = s[1]
if not ph or ph == 'd' or ph == 'l' or ph == 'x' then return {0, 0} end
if s[6] then return {-tonumber(s[6]), 0} end
if from == 'c' and s[2] ~= ARGV[2] then return {0, 0} end
if ph == 'w' or s[3] ~= ARGV[3] then return {0, 1} end
local seq, prev = tonumber(s[4]) + 1, tonumber(s[5] or 0)
redis.call('XADD', KEYS[2], '0-' .. seq, 'b', ARGV[5])
if s[8] ~= ARGV[9] then
  local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
  redis.call('HSET', KEYS[1], 'seq', seq, 'l' .. from, seq, 'i' .. ARGV[4], seq, 'h', ARGV[9])
  redis.call('PEXPIREAT', KEYS[1], hour * 1000)
  redis.call('PEXPIREAT', KEYS[2], hour * 1000)
else
  redis.call('HSET', KEYS[1], 'seq', seq, 'l' .. from, seq, 'i' .. ARGV[4], seq)
end
local peer = s[7]
if peer and peer ~= '' and peer ~= ARGV[6] then
  redis.call('PUBLISH', ARGV[7] .. ':node:' .. peer, 'm' .. ARGV[8] .. from .. seq .. ':' .. prev .. ':' .. ARGV[5])
end
return {seq, prev}

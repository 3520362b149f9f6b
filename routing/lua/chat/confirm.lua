-- Keeps a side's newest key confirmation of the current epoch.
-- KEYS[1] state HASH
-- ARGV[1] from, y or c  [2] the owner, '' from y  [3] epoch  [4] tag  [5] channel prefix  [6] chat
-- Returns 1; 0 no such chat; -1 stale epoch.
local s = redis.call('HMGET', KEYS[1], 'ph', 'own', 'e', 'ep', ARGV[1] == 'y' and 'cn' or 'yn')
local ph = s[1]
if not ph or ph == 'd' or ph == 'l' or ph == 'x' or ARGV[1] == 'c' and s[2] ~= ARGV[2] then return 0 end
if ph == 'w' or s[3] ~= ARGV[3] then return -1 end
local ep = cjson.decode(s[4])
if #ep == 0 then return -1 end -- a return code is entered just now
ep[#ep][ARGV[1]] = ARGV[4]
redis.call('HSET', KEYS[1], 'ep', cjson.encode(ep))
if s[5] and s[5] ~= '' then redis.call('PUBLISH', ARGV[5] .. ':node:' .. s[5], 'c' .. ARGV[6]) end
return 1
